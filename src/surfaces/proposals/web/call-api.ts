import type * as z from 'zod/mini';
import { RefusedError } from '../../../client/feed-problem.ts';
import { retryAfterMs } from '../../../react/request-error.ts';
import type { PreloadRequest } from '../../../ui/page-definition.ts';
import { ApiError } from './api-error.ts';

export interface ApiCall {
  /** Default `GET`. */
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Default: the browser's. */
  readonly fetch?: PreloadRequest['fetch'];
}

/** What a read takes of that. */
export type ApiRead = Pick<ApiCall, 'signal' | 'fetch'>;

/** Calls the server as whoever is signed in; rejects with an {@link ApiError} for any answer but 2xx. */
export async function callApi<Schema extends z.ZodMiniType>(
  path: string,
  schema: Schema,
  call: ApiCall = {},
): Promise<z.infer<Schema>> {
  const response = await send(path, call);
  if (!response.ok) throw await refused(path, response);
  return schema.parse(await response.json());
}

/** As {@link callApi}, for what the answer says nothing more than that it was done. */
export async function orderApi(path: string, call: ApiCall): Promise<void> {
  const response = await send(path, call);
  if (!response.ok) throw await refused(path, response);
}

/** For the snapshot of a feed: trying again is pointless for whom the server refuses, until a person asks. */
export async function readState<State>(read: () => Promise<State>): Promise<State> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof ApiError && (error.status === 401 || error.status === 403)) {
      throw new RefusedError(error.message, { cause: error });
    }
    throw error;
  }
}

const browserFetch = (path: string, init?: RequestInit) => fetch(path, init);

function send(
  path: string,
  { method = 'GET', body, headers, signal, fetch = browserFetch }: ApiCall,
): Promise<Response> {
  return fetch(path, {
    method,
    headers: {
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal ? { signal } : {}),
  });
}

async function refused(path: string, response: Response): Promise<ApiError> {
  const { status, headers } = response;
  const shared = { status, retryAfterMs: retryAfterMs(headers.get('retry-after'), Date.now()) };
  const answer: unknown = await response.json().catch(() => undefined);
  const error = memberOf(answer, 'error');
  const [code, message] = [memberOf(error, 'code'), memberOf(error, 'message')];
  if (typeof code !== 'string' || typeof message !== 'string') {
    return new ApiError(`The server answered ${status} to ${path}.`, { ...shared, code: '' });
  }
  return new ApiError(message, { ...shared, code, details: memberOf(error, 'details') });
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
