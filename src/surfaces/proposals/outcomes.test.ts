import { expect, test } from 'vitest';
import { runOutcome } from './outcomes.ts';
import { type NewProposalEvent, toLogEvent } from './records.ts';

const PROPOSAL = { proposal_id: 'alpha.one' };
const validation = (members: object) => ({ ...PROPOSAL, run_id: 'r', ...members }) as NewProposalEvent;
const iteration = (members: object) => ({ ...PROPOSAL, iteration_id: 'i', ...members }) as NewProposalEvent;

test.each<[NewProposalEvent, string | undefined]>([
  [validation({ type: 'validation_complete', status: 'passed', summary: {} }), 'validations succeeded'],
  [validation({ type: 'validation_complete', status: 'failed', summary: {} }), 'validations failed'],
  [validation({ type: 'validation_error', code: 'timeout', error: 'x' }), 'validations failed'],
  [validation({ type: 'validation_error', code: 'cancelled', error: 'x' }), undefined],
  [iteration({ type: 'iteration_complete', files_modified: [], validation: {} }), 'iterations succeeded'],
  [iteration({ type: 'iteration_error', code: 'provider', error: 'x' }), 'iterations failed'],
  [iteration({ type: 'iteration_cancelled', actor: 'ann' }), undefined],
])('%j: %s', (event, expected) => {
  const outcome = runOutcome({ ...toLogEvent(event), seq: 1, at: 0, tag: 't' });
  const [what, kind] = expected?.split(' ') ?? [];
  expect(outcome).toEqual(expected && { of: `${what} of proposal alpha.one`, kind });
});
