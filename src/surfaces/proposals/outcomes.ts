import type { Outcome, OutcomeOf } from '../../engine/outcome.ts';
import { type EventName, eventNameOf } from './records.ts';

interface RunBody {
  readonly proposal_id: string;
  readonly status?: unknown;
  readonly code?: unknown;
}

const WHAT: ReadonlyMap<EventName, string> = new Map([
  ['validation_complete', 'validations'],
  ['validation_error', 'validations'],
  ['iteration_complete', 'iterations'],
  ['iteration_error', 'iterations'],
]);

/** The validations of a proposal, and its iterations; one that somebody cancelled has no outcome. */
export const runOutcome: OutcomeOf = (record) => {
  const name = eventNameOf(record);
  const what = name && WHAT.get(name);
  if (name === undefined || what === undefined) return undefined;
  const body = JSON.parse(record.body) as RunBody;
  const kind = kindOf(name, body);
  return kind && { of: `${what} of proposal ${body.proposal_id}`, kind };
};

function kindOf(name: EventName, { status, code }: RunBody): Outcome['kind'] | undefined {
  if (name === 'iteration_complete') return 'succeeded';
  if (name === 'validation_complete') return status === 'passed' ? 'succeeded' : 'failed';
  return code === 'cancelled' ? undefined : 'failed';
}
