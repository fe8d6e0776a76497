import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LogRecord, NewEvent } from '../../../engine/log/log.ts';
import { openForWriting } from '../../../engine/log/sqlite/database.ts';
import type { ProjectionDatabase } from '../../../engine/store/projection.ts';
import { type NewProposalEvent, toLogEvent } from '../records.ts';
import { editRecordedEvent } from './edit-record.ts';
import { runsProjection } from './projection.ts';

const TABLES = ['prop_run', 'prop_output', 'prop_iteration', 'prop_token', 'prop_edit'];

function open() {
  const database = openForWriting(':memory:');
  database.exec(runsProjection.create);
  return { database, writer: runsProjection.open(database) };
}

function tables(database: ProjectionDatabase) {
  return TABLES.map((table) => database.prepare(`SELECT * FROM ${table}`).all());
}

/** A whole validation, or one without its end. */
function validation(proposal_id: string, run_id: string, end: string): NewEvent[] {
  const shared = { proposal_id, run_id };
  const events: NewProposalEvent[] = [
    { type: 'validation_start', actor: 'ann', ...shared },
    { type: 'output', line: `line of ${run_id}`, stream: 'stdout', ...shared },
  ];
  if (end === 'passed') events.push({ type: 'validation_complete', status: end, summary: { exit_code: 0 }, ...shared });
  else if (end !== '') events.push({ type: 'validation_error', error: end, code: end, ...shared });
  return events.map((event) => toLogEvent(event));
}

function iteration(proposal_id: string, iteration_id: string, end: string): NewEvent[] {
  const shared = { proposal_id, iteration_id };
  const start = toLogEvent({ type: 'iteration_start', actor: 'ann', instructions: 'do', ...shared });
  const token = toLogEvent({ type: 'token', content: `text of ${iteration_id}`, ...shared });
  const edit = editRecordedEvent({ ...shared, path: 'a.md', before: null, after: 'a\n' });
  const ends: Record<string, NewProposalEvent> = {
    complete: { type: 'iteration_complete', files_modified: ['a.md'], validation: {}, ...shared },
    cancelled: { type: 'iteration_cancelled', actor: 'bob', ...shared },
    error: { type: 'iteration_error', error: 'no', code: 'malformed', ...shared },
  };
  const last = ends[end];
  return [start, token, edit, ...(last ? [toLogEvent(last)] : [])];
}

function numbered(events: readonly NewEvent[]): LogRecord[] {
  return events.map((event, index) => ({ ...event, seq: index + 1, at: index + 1, tag: 't' }));
}

const proposals = fc.constantFrom('alpha.one', 'alpha.two');
const runs = fc.array(
  fc.oneof(
    fc.record({
      of: fc.constant(validation),
      proposal: proposals,
      end: fc.constantFrom('passed', 'cancelled', 'crashed'),
    }),
    fc.record({
      of: fc.constant(iteration),
      proposal: proposals,
      end: fc.constantFrom('complete', 'cancelled', 'error'),
    }),
  ),
  { maxLength: 12 },
);

describe('the tables of runs', () => {
  test('are the same however the records are batched and trimmed, and when they are rebuilt', () => {
    fc.assert(
      fc.property(
        runs,
        fc.integer({ min: 1, max: 7 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (all, size, share) => {
          const records = numbered(all.flatMap(({ of, proposal, end }, index) => of(proposal, `r${index}`, end)));
          const through = Math.floor(records.length * share);
          const live = open();
          for (let start = 0; start < records.length; start += size)
            live.writer.apply(records.slice(start, start + size));
          live.writer.trim?.(through);
          const rebuilt = open();
          rebuilt.writer.apply(records.filter(({ seq }) => seq > through));
          expect(tables(live.database)).toEqual(tables(rebuilt.database));
        },
      ),
      // Retention between an iteration's beginning and its edit.
      { examples: [[[{ of: iteration, proposal: 'alpha.one', end: 'complete' }], 1, 0.25]] },
    );
  });

  test('keep what goes on when retention passes its beginning', () => {
    const { database, writer } = open();
    writer.apply(numbered([...validation('alpha.one', 'r1', ''), ...iteration('alpha.one', 'i1', '')]));
    writer.trim?.(5);
    const [kept = [], , iterations = []] = tables(database);
    expect([kept, iterations]).toMatchObject([[{ id: 'r1', ended_at: null }], [{ id: 'i1', ended_at: null }]]);
  });

  test('hold the output and text of the newest only', () => {
    const { database, writer } = open();
    writer.apply(
      numbered([
        ...validation('alpha.one', 'r1', 'passed'),
        ...validation('alpha.one', 'r2', 'passed'),
        ...iteration('alpha.one', 'i1', 'error'),
        ...iteration('alpha.one', 'i2', 'complete'),
      ]),
    );
    const [all = [], output = [], , text = []] = tables(database);
    expect(all).toHaveLength(2);
    expect([output, text]).toMatchObject([[{ line: 'line of r2' }], [{ content: 'text of i2' }]]);
  });

  test('take the first end only, and nothing after it', () => {
    const { database, writer } = open();
    writer.apply(
      numbered([
        ...validation('alpha.one', 'r1', 'cancelled'),
        toLogEvent({ type: 'output', proposal_id: 'alpha.one', line: 'late', stream: 'stdout', run_id: 'r1' }),
        toLogEvent({
          type: 'validation_error',
          proposal_id: 'alpha.one',
          error: 'x',
          code: 'interrupted',
          run_id: 'r1',
        }),
      ]),
    );
    const [all, output] = tables(database);
    expect([all, output]).toMatchObject([[{ status: 'cancelled' }], [{ line: 'line of r1' }]]);
  });

  test('forget the runs of an earlier change when a new one takes its name', () => {
    const { database, writer } = open();
    const created = { type: 'proposal_created', proposal_id: 'alpha.one', actor: 'ann', title: 'New' } as const;
    writer.apply(
      numbered([
        ...validation('alpha.one', 'r1', 'passed'),
        ...iteration('alpha.one', 'i1', 'complete'),
        ...validation('alpha.two', 'r2', 'passed'),
        toLogEvent(created),
      ]),
    );
    const [all, output, iterations, text, edits] = tables(database);
    expect([all, output]).toMatchObject([[{ id: 'r2' }], [{ line: 'line of r2' }]]);
    expect([iterations, text, edits]).toEqual([[], [], []]);
  });
});
