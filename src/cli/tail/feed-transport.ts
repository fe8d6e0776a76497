import type { ServerFrame } from '../../protocol/frames.ts';

export interface TransportRequest {
  /** The feed's URL with its query, without a cursor. */
  readonly url: string;
  /** A cursor, `earliest` or `latest`. */
  readonly cursor: string;
  readonly signal: AbortSignal;
}

/**
 * One connection to a feed as the frames of `millrace.v1`, beginning with `hello`. It ends or throws when the
 * connection does, and throws a {@link RefusedFeed} when connecting again would be refused again.
 */
export type FeedTransport = (request: TransportRequest) => AsyncIterable<ServerFrame>;

/** The server will not serve this feed to this request. */
export class RefusedFeed extends Error {
  override readonly name = 'RefusedFeed';
}

/** The connection said nothing for longer than its heartbeat allows. */
export class SilentFeed extends Error {
  override readonly name = 'SilentFeed';
}

export function withCursor(url: string, cursor: string): URL {
  const full = new URL(url);
  full.searchParams.set('cursor', cursor);
  return full;
}

/** Throws for an answer that is no feed: a {@link RefusedFeed} unless the same request may succeed later. */
export async function throwForStatus(response: Response): Promise<void> {
  if (response.ok) return;
  const text = await response.text();
  const message = `HTTP ${response.status}: ${errorMessage(text)}`;
  const isTemporary = response.status === 429 || response.status >= 500;
  throw isTemporary ? new Error(message) : new RefusedFeed(message);
}

function errorMessage(text: string): string {
  try {
    return JSON.parse(text).error.message;
  } catch {
    return text.slice(0, 200);
  }
}
