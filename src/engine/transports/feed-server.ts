import { CLOSE } from '../../protocol/close-codes.ts';
import { MillraceError } from '../../protocol/errors.ts';
import { MILLRACE_V1 } from '../../protocol/frames.ts';
import type { FeedDefinition } from '../feed.ts';
import { Hub } from '../hub.ts';
import type { Reader } from '../reader.ts';
import type { Connection } from '../socket.ts';
import { Sweeper } from '../sweeper.ts';
import { ViewSources } from '../view-sources.ts';
import type { FeedContext } from './feed-context.ts';
import { parseFeedRequest } from './feed-request.ts';
import { pollFeed } from './poll.ts';
import { SseFeed } from './sse.ts';
import { offersV1, WebSocketFeed } from './websocket.ts';

export type FeedServerOptions = Omit<FeedContext, 'hub' | 'sources' | 'sweeper' | 'readers'> & {
  readonly feeds: readonly FeedDefinition[];
};

/** Deadlines are looked at this often, and oftener where they are shorter than usual. */
const SWEEP_INTERVAL_MS = 250;
/** A waiting page is answered at its time even when the thread is late. */
const POLL_GRACE_S = 15;

/** Serves every feed on its one URL, by whichever transport the request asks for. */
export class FeedServer {
  readonly #context: FeedContext;
  readonly #feeds: ReadonlyMap<string, FeedDefinition>;
  readonly #connections = new Set<WebSocketFeed | SseFeed>();
  readonly #polls = new AbortController();
  readonly #stopListening: () => void;

  constructor({ feeds, ...shared }: FeedServerOptions) {
    const { log, snapshots, logger, clock, timings } = shared;
    const hub = new Hub(clock);
    const shortest = Math.min(timings.pingMs, timings.pongTimeoutMs, timings.heartbeatMs);
    this.#context = {
      ...shared,
      hub,
      sources: new ViewSources({
        log,
        snapshots,
        clock,
        skip: ({ seq, type }, error) =>
          logger.error({ err: error, seq, type }, 'an event cannot be encoded and is not delivered'),
        wake: () => hub.notify(),
      }),
      sweeper: new Sweeper(clock, Math.max(10, Math.min(SWEEP_INTERVAL_MS, shortest / 4))),
      readers: new Set(),
    };
    this.#feeds = new Map(feeds.map((feed) => [feed.path, feed]));
    this.#stopListening = log.onCommit(() => hub.notify());
  }

  get readers(): ReadonlySet<Reader> {
    return this.#context.readers;
  }

  has(path: string): boolean {
    return this.#feeds.has(path);
  }

  /** Answers a request for a feed; `undefined` once it has become a WebSocket. */
  async handle(request: Request, url: URL, connection: Connection): Promise<Response | undefined> {
    const feed = this.#feeds.get(url.pathname);
    if (!feed) throw new MillraceError('not_found', `there is no feed ${url.pathname}`);
    if (this.#polls.signal.aborted)
      throw new MillraceError('shutting_down', 'the server is closing', { retryAfterS: 1 });
    const asked = parseFeedRequest(request, url);
    const view = await feed.open(asked.query, this.#context.snapshots);
    const start = await this.#context.log.resolve(asked.cursor);
    const shared = { context: this.#context, feed, view, start };
    if (asked.transport === 'poll') {
      connection.allowSilence(asked.waitMs / 1_000 + POLL_GRACE_S);
      const signal = AbortSignal.any([request.signal, this.#polls.signal]);
      return pollFeed({ ...shared, waitMs: asked.waitMs, signal });
    }
    const helloCursor = start.kind === 'reset' && typeof asked.cursor === 'object' ? asked.cursor : startOf(start);
    const heartbeatMs = asked.heartbeatMs ?? this.#context.timings.heartbeatMs;
    const streaming = { ...shared, asked: helloCursor, heartbeatMs };
    this.#context.admission.enter();
    if (asked.transport === 'sse') return this.#openSse(streaming, request, connection);
    return this.#openWebSocket(streaming, request, connection);
  }

  /** Tells every client to come back later and ends its connection. */
  close(): void {
    this.#stopListening();
    this.#polls.abort();
    for (const connection of this.#connections) {
      if (connection instanceof SseFeed) connection.end();
      else connection.end(CLOSE.goingAway, 'the server is restarting');
    }
    this.#context.hub.close();
    this.#context.sweeper[Symbol.dispose]();
  }

  #openSse(options: Streaming, request: Request, connection: Connection): Response {
    connection.allowSilence(0);
    const feed = new SseFeed({ ...options, onClosed: (closed) => this.#forget(closed) });
    this.#connections.add(feed);
    return feed.respond(request.signal);
  }

  #openWebSocket(options: Streaming, request: Request, connection: Connection): Response | undefined {
    const isV1 = offersV1(request.headers);
    const feed = new WebSocketFeed({ ...options, isV1, onClosed: (closed) => this.#forget(closed) });
    this.#connections.add(feed);
    if (connection.upgrade(feed, isV1 ? MILLRACE_V1 : undefined)) return undefined;
    this.#forget(feed);
    throw new MillraceError('invalid_request', 'this is not a valid WebSocket handshake');
  }

  #forget(connection: WebSocketFeed | SseFeed): void {
    if (this.#connections.delete(connection)) this.#context.admission.leave();
  }
}

type Streaming = Omit<ConstructorParameters<typeof SseFeed>[0], 'onClosed'>;

function startOf(start: Streaming['start']) {
  return start.kind === 'resume' ? start.cursor : start.head;
}
