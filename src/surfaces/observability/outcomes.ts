import type { Outcome, OutcomeOf } from '../../engine/outcome.ts';
import type { EventInput } from './event-input.ts';
import { RECORDED } from './events.ts';

const KINDS: ReadonlyMap<string, Outcome['kind']> = new Map([
  ['PostToolUse', 'succeeded'],
  ['PostToolUseFailure', 'failed'],
  ['StopFailure', 'failed'],
  ['SessionEnd', 'ended'],
]);
const NAMES = /"event_type":"(?:PostToolUse|PostToolUseFailure|StopFailure|SessionEnd)"/;
/** An agent that was ended without a word has no failures that go on. */
const LAPSES_AFTER_MS = 60 * 60 * 1_000;

/** The tool calls of an agent's session, one after the other. */
export const toolOutcome: OutcomeOf = ({ type, body }) => {
  if (type !== RECORDED || !NAMES.test(body)) return undefined;
  const { event_type, session_id } = JSON.parse(body) as EventInput;
  const kind = KINDS.get(event_type);
  if (kind === undefined || session_id === undefined) return undefined;
  return { of: `session ${session_id}`, kind, lapsesAfterMs: LAPSES_AFTER_MS };
};
