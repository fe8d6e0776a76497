import { describe, expect, it } from 'vitest';
import type { ProposalDetail, ProposalEvent } from '../events.ts';
import { changesMore, MAX_OUTPUT_LINES, updateProposal } from './proposal-state.ts';
import { eventAt, sampleComment, sampleProposal } from './testing/sample-proposal.ts';

const afterEvents = (...events: readonly ProposalEvent[]): ProposalDetail =>
  events.reduce(updateProposal, sampleProposal());
const started = eventAt(2, { type: 'validation_start', actor: 'ann', run_id: 'r1' });
const iterating = eventAt(2, { type: 'iteration_start', actor: 'ann', iteration_id: 'i1', instructions: 'Do it' });
const line = (seq: number, text: string) =>
  eventAt(seq, { type: 'output', line: text, stream: 'stdout', run_id: 'r1' });

describe('a proposal after its events', () => {
  it('shows a run with its lines, then its result', () => {
    const running = afterEvents(started, line(3, 'one'), line(4, 'two'));
    expect(running.validation).toMatchObject({ run_id: 'r1', status: 'running', started_by: 'ann' });
    expect(running.output.map((item) => item.line)).toEqual(['one', 'two']);
    const end = eventAt(5, { type: 'validation_complete', status: 'failed', summary: { exit_code: 1 }, run_id: 'r1' });
    const ended = updateProposal(running, end);
    expect(ended.validation).toMatchObject({ status: 'failed', summary: { exit_code: 1 }, ended_at: end.at });
    expect(ended.runs).toHaveLength(1);
    expect(ended.runs[0]).toEqual(ended.validation);
  });

  it('begins the output anew with every run, and shows no line of another one', () => {
    const again = eventAt(4, { type: 'validation_start', actor: 'ray', run_id: 'r2' });
    const state = afterEvents(started, line(3, 'old'), again, line(5, 'late'));
    expect(state.output).toEqual([]);
    expect(state.runs.map(({ run_id }) => run_id)).toEqual(['r2', 'r1']);
  });

  it('holds so many lines at most', () => {
    const lines = Array.from({ length: MAX_OUTPUT_LINES + 10 }, (_, index) => line(index + 3, `${index}`));
    const { output } = afterEvents(started, ...lines);
    expect(output).toHaveLength(MAX_OUTPUT_LINES);
    expect(output.at(-1)?.line).toBe(`${MAX_OUTPUT_LINES + 9}`);
  });

  it('tells a cancelled run from one that could not be run', () => {
    const failed = (code: string) => eventAt(3, { type: 'validation_error', error: 'why', code, run_id: 'r1' });
    expect(afterEvents(started, failed('cancelled')).validation?.status).toBe('cancelled');
    expect(afterEvents(started, failed('timeout')).validation).toMatchObject({ status: 'error', error: 'why' });
  });

  it('puts the tokens of the newest iteration together, whatever becomes of it', () => {
    const token = (seq: number, content: string) => eventAt(seq, { type: 'token', content, iteration_id: 'i1' });
    const running = afterEvents(iterating, token(3, 'Hel'), token(4, 'lo'));
    expect(running).toMatchObject({ is_iterating: true, streamed_text: 'Hello' });
    expect(running.iterations[0]).toMatchObject({ instructions: 'Do it', status: 'running' });
    const cancelled = eventAt(5, { type: 'iteration_cancelled', actor: 'ray', iteration_id: 'i1' });
    expect(updateProposal(running, cancelled)).toMatchObject({
      is_iterating: false,
      streamed_text: 'Hello',
      iterations: [{ status: 'cancelled' }],
    });
    const failed = eventAt(5, { type: 'iteration_error', error: 'gone', code: 'provider', iteration_id: 'i1' });
    expect(updateProposal(running, failed).iterations[0]).toMatchObject({ status: 'error', error: 'gone' });
    const complete = eventAt(5, {
      type: 'iteration_complete',
      files_modified: ['tasks.md'],
      validation: {},
      iteration_id: 'i1',
    });
    expect(updateProposal(running, complete).iterations[0]).toMatchObject({
      status: 'complete',
      files_modified: ['tasks.md'],
    });
  });

  it('counts the open comments as they are made and decided', () => {
    const made = eventAt(2, { type: 'comment_created', comment: sampleComment() });
    expect(afterEvents(made)).toMatchObject({ open_comments: 1, comments: [{ id: 'c1' }] });
    expect(afterEvents(made, made).comments).toHaveLength(1);
    const decided = eventAt(3, { type: 'comment_updated', comment: sampleComment({ status: 'accepted' }) });
    expect(afterEvents(made, decided)).toMatchObject({ open_comments: 0, comments: [{ status: 'accepted' }] });
  });

  it('follows files that come, change and go', () => {
    const changed = (seq: number, path: string, etag: string | null) =>
      eventAt(seq, { type: 'file_changed', actor: null, path, etag });
    const state = afterEvents(changed(2, 'design.md', 'd1'), changed(3, 'tasks.md', 'a2'));
    expect(state.files.map(({ path, etag }) => [path, etag])).toEqual([
      ['design.md', 'd1'],
      ['tasks.md', 'a2'],
    ]);
    expect(updateProposal(state, changed(4, 'design.md', null)).files).toHaveLength(1);
  });

  it('takes status, reviewers and lock as they are told, and leaves other proposals alone', () => {
    const status = eventAt(2, {
      type: 'proposal_status_changed',
      actor: 'ann',
      status: 'review',
      previous_status: 'draft',
    });
    const reviewers = eventAt(3, { type: 'reviewers_changed', actor: 'ann', reviewers: ['ray'] });
    expect(afterEvents(status, reviewers)).toMatchObject({ status: 'review', reviewers: ['ray'] });
    const state = sampleProposal();
    expect(updateProposal(state, { ...status, proposal_id: 'shop.other' })).toBe(state);
    const lock = { holder: 'ann', since: '2026-11-21T07:00:00Z', expires_at: '2026-11-21T07:30:00Z' };
    const locked = eventAt(4, { type: 'lock_changed', actor: 'ann', project_id: 'shop', lock, reason: 'locked' });
    expect(updateProposal(state, { ...locked, proposal_id: '' }).lock).toEqual(lock);
  });

  it('is read again after what changes more than it says, and not after every line', () => {
    expect([started, iterating].map(changesMore)).toEqual([true, true]);
    expect(changesMore(line(2, 'x'))).toBe(false);
  });
});
