import type { FeedPage } from '../protocol/frames.ts';
import { readPage } from '../protocol/read-frame.ts';
import { authorization } from './authorization.ts';
import type { ClientEnvironment } from './environment.ts';
import { RefusedError } from './feed-problem.ts';
import { feedUrl } from './feed-url.ts';

export interface PageRequest {
  readonly url: string;
  readonly cursor: string | undefined;
  readonly token: string | undefined;
  readonly signal: AbortSignal;
}

/** One page of the feed after a cursor, by its JSON transport; undefined when the position has expired. */
export async function loadPage(
  environment: ClientEnvironment,
  { url, cursor, token, signal }: PageRequest,
): Promise<FeedPage | undefined> {
  const target = feedUrl(url, environment.baseUrl, { socket: false, cursor });
  const response = await environment.fetch(target, {
    headers: { ...authorization(token), accept: 'application/json' },
    signal,
  });
  if (response.status === 410) return undefined;
  if (response.status === 401 || response.status === 403) throw new RefusedError(`HTTP ${response.status}`);
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  return readPage(await response.json());
}
