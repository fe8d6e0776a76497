import type { ClientEnvironment } from '../client/environment.ts';
import { RefusedError } from '../client/feed-problem.ts';
import { RequestError, retryAfterMs } from './request-error.ts';

/** GETs JSON; rejects with a {@link RequestError}, or a `RefusedError` where the user is refused. */
export async function readJson(
  environment: Pick<ClientEnvironment, 'fetch'>,
  { url, path, signal }: { readonly url: string; readonly path: string; readonly signal: AbortSignal },
): Promise<unknown> {
  const response = await environment.fetch(url, { headers: { accept: 'application/json' }, signal });
  const { status } = response;
  if (status === 401 || status === 403) throw new RefusedError(`The server refused ${path}.`);
  if (!response.ok) {
    const waitMs = retryAfterMs(response.headers.get('retry-after'), Date.now());
    throw new RequestError(`The server answered ${status} to ${path}.`, status, waitMs);
  }
  return response.json();
}
