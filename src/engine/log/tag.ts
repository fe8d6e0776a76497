import { hash } from 'node:crypto';
import type { LogRecord } from './log.ts';

/** Hex digits of a tag: 40 bits tell two records that share a number apart; nothing secret depends on it. */
const TAG_LENGTH = 10;

/** The tag of a record: a short hash of everything else in it (DESIGN §2). */
export function tagOf({ seq, at, type, channel, body }: Omit<LogRecord, 'tag'>): string {
  return hash('sha1', `${seq}\n${at}\n${type}\n${channel}\n${body}`, 'hex').slice(0, TAG_LENGTH);
}
