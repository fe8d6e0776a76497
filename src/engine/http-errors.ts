import { type ErrorCode, errorBody, MillraceError } from '../protocol/errors.ts';

/** The answer for an error; anything that isn't a {@link MillraceError} is `internal` and tells the caller nothing more. */
export function errorResponse(error: unknown, traceId: string): Response {
  const known = asMillraceError(error);
  const headers = retryHeaders(known);
  headers.set('content-type', 'application/json');
  return new Response(JSON.stringify(errorBody(known, traceId)), { status: known.status, headers });
}

export function asMillraceError(error: unknown): MillraceError {
  if (error instanceof MillraceError) return error;
  return new MillraceError('internal', 'something went wrong here; the server log has the trace id', { cause: error });
}

/** `Retry-After` where the error says when, and nothing else. */
export function retryHeaders({ retryAfterS }: MillraceError): Headers {
  const headers = new Headers({ 'cache-control': 'no-store' });
  if (retryAfterS !== undefined) headers.set('retry-after', String(retryAfterS));
  return headers;
}

const WARN_CODES: ReadonlySet<ErrorCode> = new Set(['log_unavailable', 'overloaded']);

/** How loud an error is logged: what the caller did wrong is no news for the operator. */
export function logLevelOf({ code }: MillraceError): 'error' | 'warn' | 'debug' {
  if (code === 'internal') return 'error';
  return WARN_CODES.has(code) ? 'warn' : 'debug';
}
