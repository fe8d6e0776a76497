import { takeBatch } from '../../client/frame-intake.ts';
import type { EventMessage, ResetReason, ServerFrame } from '../../protocol/frames.ts';
import { type ReconnectPolicy, reconnectDelayMs } from '../../protocol/reconnect-policy.ts';
import { type FeedTransport, RefusedFeed, SilentFeed } from './feed-transport.ts';

/** What a follower of a feed learns, in order. */
export type FeedNews =
  | { readonly kind: 'connected'; readonly cursor: string }
  | { readonly kind: 'events'; readonly events: readonly EventMessage[]; readonly cursor: string }
  /** Events between the last position and this one can't be had any more. */
  | { readonly kind: 'reset'; readonly reason: ResetReason; readonly cursor: string }
  | { readonly kind: 'lost'; readonly reason: string; readonly retryInMs: number };

export interface FollowOptions {
  readonly transport: FeedTransport;
  readonly url: string;
  /** Where to begin: a cursor, `earliest` or `latest`. */
  readonly cursor: string;
  readonly policy: ReconnectPolicy;
  readonly signal: AbortSignal;
  readonly now: () => number;
  readonly random: () => number;
  /** Settles after `ms`, or at once when the signal is aborted. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Silence that is allowed before the first frame, and beside twice the heartbeat afterwards. */
const GRACE_MS = 10_000;

/** Follows a feed over any number of connections: every event once, in order, until the signal is aborted. */
export async function* followFeed(options: FollowOptions): AsyncGenerator<FeedNews> {
  const { signal, policy, now, random, sleep } = options;
  let cursor = options.cursor;
  let failures = 0;
  while (!signal.aborted) {
    let connectedAt: number | undefined;
    try {
      for await (const frame of frames(options, cursor)) {
        const news = newsOf(frame, cursor);
        if (news === undefined) continue;
        if (news.kind === 'connected') connectedAt = now();
        if (news.kind !== 'connected' || isWord(cursor)) cursor = news.cursor;
        failures = 0;
        if (news.kind !== 'events' || news.events.length > 0) yield news;
      }
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof RefusedFeed) throw error;
      failures += 1;
      const healthyForMs = connectedAt === undefined ? 0 : now() - connectedAt;
      const retryInMs = reconnectDelayMs(policy, { failures, healthyForMs, random: random() });
      yield { kind: 'lost', reason: error instanceof Error ? error.message : String(error), retryInMs };
      await sleep(retryInMs, signal);
    }
  }
}

/** The frames of one connection, which is given up when it is silent for too long. */
async function* frames({ transport, url, signal, sleep }: FollowOptions, cursor: string): AsyncGenerator<ServerFrame> {
  const connection = new AbortController();
  const connectionSignal = AbortSignal.any([signal, connection.signal]);
  const iterator = transport({ url, cursor, signal: connectionSignal })[Symbol.asyncIterator]();
  let allowedSilenceMs = GRACE_MS;
  try {
    for (;;) {
      const next = iterator.next();
      const timer = new AbortController();
      const silence = sleep(allowedSilenceMs, AbortSignal.any([timer.signal, signal])).then(() => 'silent' as const);
      const result = await Promise.race([next, silence]).finally(() => timer.abort());
      if (result === 'silent') {
        // The abandoned read fails when its connection is closed below.
        next.catch(() => {});
        throw new SilentFeed(`nothing was heard for ${Math.round(allowedSilenceMs / 1_000)} s`);
      }
      if (result.done) return;
      if (result.value.type === 'hello') allowedSilenceMs = 2 * result.value.heartbeatMs + GRACE_MS;
      yield result.value;
    }
  } finally {
    connection.abort();
  }
}

function newsOf(frame: ServerFrame, cursor: string): Exclude<FeedNews, { kind: 'lost' }> | undefined {
  switch (frame.type) {
    case 'hello':
      return { kind: 'connected', cursor: frame.cursor };
    case 'heartbeat':
      return { kind: 'events', events: [], cursor: frame.cursor };
    case 'reset':
      return { kind: 'reset', reason: frame.reason, cursor: frame.cursor };
    case 'batch': {
      const taken = takeBatch(isWord(cursor) ? frame.from : cursor, frame);
      if (taken.kind === 'gap') throw new Error(`a batch begins at ${frame.from}, not at ${cursor}`);
      return taken;
    }
    case 'pong':
      return undefined;
    default:
      return frame satisfies never;
  }
}

function isWord(cursor: string): boolean {
  return cursor === 'earliest' || cursor === 'latest';
}
