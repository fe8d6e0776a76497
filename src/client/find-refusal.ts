import { authorization } from './authorization.ts';
import type { ClientEnvironment } from './environment.ts';
import { feedUrl } from './feed-url.ts';

/** Why a stream could not be opened: `refused` for this user, or for a time in milliseconds. */
export type Refusal = 'refused' | number;

export interface RefusalRequest {
  readonly url: string;
  readonly token: string | undefined;
  readonly signal: AbortSignal;
}

/** A server that asks for more is tried again after this time all the same. */
const MAX_DELAY_MS = 300_000;

/**
 * A WebSocket tells nothing of a handshake that was refused: the same URL is asked by HTTP. Undefined where that says no
 * more.
 */
export async function findRefusal(
  environment: ClientEnvironment,
  { url, token, signal }: RefusalRequest,
): Promise<Refusal | undefined> {
  const target = feedUrl(url, environment.baseUrl, { socket: false, cursor: undefined });
  const headers = { ...authorization(token), accept: 'application/json' };
  const response = await environment.fetch(target, { headers, signal });
  void response.body?.cancel();
  const { status } = response;
  if (status === 401 || status === 403) return 'refused';
  const seconds = status === 503 ? Number(response.headers.get('retry-after') ?? Number.NaN) : Number.NaN;
  return seconds >= 0 ? Math.min(seconds * 1_000, MAX_DELAY_MS) : undefined;
}
