import type { LogRecord } from '../../engine/log/log.ts';

/** How the feed shows one type of record. */
export interface OpsMessage {
  /** The `type` member. */
  readonly type: string;
  /** The members that follow it, as the inside of a JSON object, without `cursor`. */
  members(record: LogRecord): string;
}
