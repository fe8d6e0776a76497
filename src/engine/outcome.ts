import type { LogRecord } from './log/log.ts';

/** How something went that is done again and again: a comparison, a tool call, a validation. */
export interface Outcome {
  /** What it is an outcome of, in words for a person: `service billing`. The same words are the same thing. */
  readonly of: string;
  /** `ended`: there will be no other of it, so that its failures are over. */
  readonly kind: 'failed' | 'succeeded' | 'ended';
  /** A failure that no other outcome follows is over after this time. Default: never. */
  readonly lapsesAfterMs?: number;
}

/** Finds the outcomes among a surface's records; called for every record of the log, so it must be quick to say no. */
export type OutcomeOf = (record: LogRecord) => Outcome | undefined;
