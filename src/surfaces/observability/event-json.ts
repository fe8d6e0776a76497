import type { LogRecord } from '../../engine/log/log.ts';

/** Text of the recorded event: the body as it was stored, and what the log added, without parsing it again. */
export function eventJson({ seq, at, body }: Pick<LogRecord, 'seq' | 'at' | 'body'>): string {
  return `{"id":${seq},${body.slice(1, -1)},"created_at":"${new Date(at).toISOString()}"}`;
}
