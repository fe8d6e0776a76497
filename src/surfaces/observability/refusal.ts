import type { Metrics } from '../../engine/metrics.ts';
import { type ErrorCode, MillraceError } from '../../protocol/errors.ts';
import type { Refusal } from './events.ts';

/** The names of specs/004's error bodies, for the codes that these routes answer with. */
const NAMES: ReadonlyMap<ErrorCode, string> = new Map([
  ['invalid_request', 'ValidationError'],
  ['idempotency_conflict', 'IdempotencyConflict'],
  ['payload_too_large', 'PayloadTooLarge'],
  ['unsupported_media_type', 'UnsupportedMediaType'],
  ['too_many_requests', 'TooManyRequests'],
  ['log_unavailable', 'LogUnavailable'],
  ['overloaded', 'Overloaded'],
  ['shutting_down', 'ShuttingDown'],
]);

/** What a caller is told to wait when the error names no time itself. */
const DEFAULT_RETRY_AFTER_S = 1;

/** Counts a refused write and answers it in the form of specs/004; errors that are no refusals are thrown on. */
export function refuse(metrics: Metrics, error: unknown): Response {
  const name = error instanceof MillraceError ? NAMES.get(error.code) : undefined;
  if (!(error instanceof MillraceError) || name === undefined) throw error;
  metrics.rejects.inc({ reason: error.code });
  const { message, status, retryable, retryAfterS = DEFAULT_RETRY_AFTER_S } = error;
  const details = error.details ?? (error.code === 'invalid_request' ? { issues: [{ path: '', message }] } : undefined);
  const body: Refusal = { error: name, message, ...(details === undefined ? {} : { details }) };
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json', ...(retryable ? { 'retry-after': String(retryAfterS) } : {}) },
  });
}
