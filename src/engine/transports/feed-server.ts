import { CLOSE } from '../../protocol/close-codes.ts';
import { MillraceError } from '../../protocol/errors.ts';
import type { Counted } from '../auth/connection-limits.ts';
import type { Principal } from '../auth/principal.ts';
import type { RequestIdentity } from '../auth/request-identity.ts';
import type { FeedDefinition, FeedView } from '../feed.ts';
import { FeedPaths, type FoundFeed } from '../feed-paths.ts';
import { ClientLimiter } from '../http/client-limiter.ts';
import { Hub } from '../hub.ts';
import type { OpenParts } from '../metrics.ts';
import type { Reader } from '../reader.ts';
import type { Connection } from '../socket.ts';
import { Sweeper } from '../sweeper.ts';
import { ViewSources } from '../view-sources.ts';
import type { FeedContext } from './feed-context.ts';
import { type FeedRequest, parseFeedRequest } from './feed-request.ts';
import { FeedSession } from './feed-session.ts';
import { pollFeed } from './poll.ts';
import { closeCodeOf, RefusedSocket } from './refused-socket.ts';
import { SseFeed } from './sse.ts';
import { offersV1, protocolFor, WebSocketFeed } from './websocket.ts';

export type FeedServerOptions = Omit<FeedContext, 'hub' | 'sources' | 'sweeper' | 'readers'> & {
  readonly feeds: readonly FeedDefinition[];
};

/** Deadlines are looked at this often, and oftener where they are shorter than usual. */
const SWEEP_INTERVAL_MS = 250;
/** A waiting page is answered at its time even when the thread is late. */
const POLL_GRACE_S = 15;
/**
 * WebSockets that are opened only to be closed with a reason. Each is gone within 5 s, so an address has 40 of them at most
 * (PROMISES, security 4); more are answered by HTTP.
 */
const REFUSED_SOCKETS = { perClient: { perSecond: 4, burst: 20 }, together: { perSecond: 200, burst: 1_000 } };

/** Serves every feed on its one URL, by whichever transport the request asks for. */
export class FeedServer {
  readonly #context: FeedContext;
  readonly #paths: FeedPaths;
  readonly #connections = new Map<WebSocketFeed | SseFeed, Counted | undefined>();
  readonly #polls = new AbortController();
  readonly #refusals: ClientLimiter;
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
        onHeartbeatFailed: (error) =>
          logger.error({ err: error }, 'a heartbeat cannot be measured and carries nothing'),
      }),
      sweeper: new Sweeper(clock, Math.max(10, Math.min(SWEEP_INTERVAL_MS, shortest / 4))),
      readers: new Set(),
    };
    this.#paths = new FeedPaths(feeds);
    this.#refusals = new ClientLimiter({ clock, ...REFUSED_SOCKETS });
    this.#stopListening = log.onCommit(() => hub.notify());
  }

  get readers(): ReadonlySet<Reader> {
    return this.#context.readers;
  }

  /** What is open now; walks over all readers. */
  openParts(): OpenParts {
    const { readers, hub, sources, sweeper } = this.#context;
    let heldBack = 0;
    for (const { isHeldBack } of readers) if (isHeldBack) heldBack += 1;
    return {
      connections: this.#connections.size,
      heldBack,
      waiting: hub.waiting,
      views: sources.open,
      deadlines: sweeper.size,
    };
  }

  has(path: string): boolean {
    return this.#paths.find(path) !== undefined;
  }

  /** Answers a request for a feed; `undefined` once it has become a WebSocket. */
  async handle({ request, url, connection, identity }: FeedCall): Promise<Response | undefined> {
    const found = this.#paths.find(url.pathname);
    if (!found) throw new MillraceError('not_found', `there is no feed ${url.pathname}`);
    this.#assertOpen();
    const asked = parseFeedRequest(request, url);
    try {
      return await this.#serve({ request, connection, identity, asked, path: url.pathname, ...found });
    } catch (error) {
      const code = asked.transport === 'websocket' ? closeCodeOf(error) : undefined;
      if (code === undefined) throw error;
      this.#context.metrics.rejects.inc({ reason: code === CLOSE.forbidden ? 'forbidden' : 'unauthorized' });
      const address = connection.remoteAddress();
      this.#refusals.take(address);
      const principal = await identity.principal().catch(() => undefined);
      this.#context.onRefused({ path: url.pathname, address, user: principal?.sub });
      const refused = new RefusedSocket(code, error instanceof Error ? error.message : '');
      if (connection.upgrade(refused, protocolFor(request.headers))) return undefined;
      throw error;
    }
  }

  /** Tells every client to come back later and ends its connection. */
  close(): void {
    this.#stopListening();
    this.#polls.abort();
    for (const connection of [...this.#connections.keys()]) {
      connection.end(CLOSE.goingAway, 'the server is restarting');
    }
    this.#context.hub.close();
    this.#context.sweeper[Symbol.dispose]();
  }

  #assertOpen(): void {
    if (!this.#polls.signal.aborted) return;
    throw new MillraceError('shutting_down', 'the server is closing', { retryAfterS: 1 });
  }

  async #serve({ request, connection, identity, asked, path, feed, params }: Serving): Promise<Response | undefined> {
    const { log, snapshots, authenticator, requiresToken, timings } = this.#context;
    const mustBeKnown = feed.isPrivate === true || requiresToken;
    const principal = mustBeKnown ? await identity.required() : undefined;
    const open = async (by: Principal | undefined) => feed.open(asked.query, snapshots, { params, principal: by });
    const view = await open(principal);
    const start = await log.resolve(asked.cursor);
    // Whoever went away meanwhile takes nobody's place, and a server that has closed its streams opens no other.
    if (request.signal.aborted) throw new MillraceError('invalid_request', 'the client has gone');
    this.#assertOpen();
    const session =
      principal &&
      new FeedSession({ authenticator, principal, seesTheSame: async (by) => (await open(by)).key === view.key });
    const shared = { context: this.#context, feed, view, start, session };
    if (asked.transport === 'poll') {
      connection.allowSilence(asked.waitMs / 1_000 + POLL_GRACE_S);
      const signal = AbortSignal.any([request.signal, this.#polls.signal]);
      return pollFeed({ ...shared, waitMs: asked.waitMs, signal });
    }
    const streaming: Streaming = {
      ...shared,
      asked: start.kind === 'reset' && typeof asked.cursor === 'object' ? asked.cursor : startOf(start),
      heartbeatMs: asked.heartbeatMs ?? timings.heartbeatMs,
      onClosed: (closed) => this.#forget(closed),
    };
    const opened =
      asked.transport === 'sse'
        ? new SseFeed(streaming)
        : new WebSocketFeed({
            ...streaming,
            params,
            address: connection.remoteAddress(),
            isV1: offersV1(request.headers),
          });
    const connectionId = asked.query.get('connection');
    this.#admit(opened, { view, feed, session, connectionId: connectionId ? `${path} ${connectionId}` : undefined });
    if (opened instanceof SseFeed) {
      connection.allowSilence(0);
      return opened.respond(request.signal);
    }
    if (connection.upgrade(opened, protocolFor(request.headers))) return undefined;
    this.#forget(opened);
    throw new MillraceError('invalid_request', 'this is not a valid WebSocket handshake');
  }

  /** Nothing waits between the decision and the count. */
  #admit(opened: WebSocketFeed | SseFeed, { view, feed, session, connectionId }: Admitting): void {
    const { admission, connections } = this.#context;
    const counted: Counted | undefined =
      session && feed.isPrivate
        ? {
            user: session.principal.sub,
            project: view.project,
            connectionId,
            supersede: () => opened.end(CLOSE.superseded, 'a newer connection took its place'),
          }
        : undefined;
    try {
      admission.enter();
      try {
        if (counted) connections.enter(counted);
      } catch (error) {
        admission.leave();
        throw error;
      }
    } catch (error) {
      if (opened instanceof SseFeed) opened.discard();
      throw error;
    }
    this.#connections.set(opened, counted);
  }

  #forget(connection: WebSocketFeed | SseFeed): void {
    if (!this.#connections.has(connection)) return;
    const counted = this.#connections.get(connection);
    this.#connections.delete(connection);
    if (counted) this.#context.connections.leave(counted);
    this.#context.admission.leave();
  }
}

type Streaming = ConstructorParameters<typeof SseFeed>[0] & {
  readonly onClosed: (closed: WebSocketFeed | SseFeed) => void;
};

/** A request for a feed, and who sends it. */
export interface FeedCall {
  readonly request: Request;
  readonly url: URL;
  readonly connection: Connection;
  readonly identity: RequestIdentity;
}

interface Serving extends FoundFeed, Omit<FeedCall, 'url'> {
  readonly path: string;
  readonly asked: FeedRequest;
}

interface Admitting {
  readonly view: FeedView;
  readonly feed: FeedDefinition;
  readonly session: FeedSession | undefined;
  readonly connectionId: string | undefined;
}

function startOf(start: Streaming['start']) {
  return start.kind === 'resume' ? start.cursor : start.head;
}
