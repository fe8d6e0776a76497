import pino from 'pino';
import { expect, test } from 'vitest';
import type { Log, NewEvent } from '../log/log.ts';
import { ManualClock } from '../manual-clock.ts';
import { createMetrics } from '../metrics.ts';
import type { AuditEntry, AuditOutcome } from './audit-entry.ts';
import { AuditTrail } from './audit-trail.ts';

function trail({ isBroken = false } = {}) {
  const entries: AuditEntry[] = [];
  const lines: string[] = [];
  const clock = new ManualClock();
  const log: Pick<Log, 'append'> = {
    async append(events: readonly NewEvent[]) {
      if (isBroken) throw new Error('the disk is full');
      entries.push(...events.map(({ body }) => JSON.parse(body) as AuditEntry));
      return { records: [], repeated: 0 } as unknown as Awaited<ReturnType<Log['append']>>;
    },
  };
  const logger = pino({ level: 'error' }, { write: (line: string) => lines.push(line) });
  const made = new AuditTrail({ log: log as Log, clock, metrics: createMetrics(), logger });
  const record = (outcome: AuditOutcome, ip = '10.0.0.1') =>
    made.record({ actor: 'ada', action: 'comment.created', resource_type: 'comment', resource_id: '7', outcome, ip });
  return { entries, lines, clock, record };
}

test('every success is written down', async () => {
  const { entries, record } = trail();
  for (let index = 0; index < 500; index += 1) await record('success');
  expect(entries).toHaveLength(500);
  expect(entries[0]).toEqual({
    actor: 'ada',
    action: 'comment.created',
    resource_type: 'comment',
    resource_id: '7',
    outcome: 'success',
    ip: '10.0.0.1',
  });
});

test('refusals of one address are written down 30 times, then six times a minute', async () => {
  const { entries, clock, record } = trail();
  for (let index = 0; index < 500; index += 1) await record('denied');
  expect(entries).toHaveLength(30);
  clock.advance(60_000);
  for (let index = 0; index < 500; index += 1) await record(index % 2 ? 'denied' : 'failure');
  expect(entries).toHaveLength(36);
  await record('success');
  expect(entries).toHaveLength(37);
});

test('refusals of many addresses together cannot fill the disk either', async () => {
  const { entries, clock, record } = trail();
  for (let index = 0; index < 5_000; index += 1) await record('denied', `10.0.${index >> 8}.${index & 255}`);
  expect(entries).toHaveLength(200);
  clock.advance(10_000);
  for (let index = 0; index < 5_000; index += 1) await record('denied', `10.1.${index >> 8}.${index & 255}`);
  expect(entries).toHaveLength(210);
});

test('an entry that cannot be stored is told in the log, and nothing fails for it', async () => {
  const { lines, record } = trail({ isBroken: true });
  await record('success');
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ actor: 'ada', action: 'comment.created', resource_id: '7' });
});
