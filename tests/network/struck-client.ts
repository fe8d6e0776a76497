import { expect } from 'vitest';
import { createFeedConnection, type FeedConnection } from '../../src/client/feed-connection.ts';
import { runtimeEnvironment } from '../../src/client/runtime-environment.ts';
import { DEFAULT_RECONNECT_POLICY } from '../../src/protocol/reconnect-policy.ts';
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts';
import type { History } from '../support/history.ts';

export const ROUTES = ['websocket', 'sse', 'poll'] as const;
/** How a client reads: by a stream, or, where no stream passes, by its poll fallback. */
export type Route = (typeof ROUTES)[number];

export interface StruckClientOptions {
  readonly port: number;
  readonly route: Route;
  readonly name: string;
  readonly cursor: string;
  readonly history: History;
}

/** Something still has to come, and has not. */
const LATE_MS = 30_000;
/** Instead of 10 s each, so that many faults fit into a minute; nothing else differs from the defaults. */
const HEALTHY_AFTER_MS = 500;
const STREAMING = { policy: { ...DEFAULT_RECONNECT_POLICY, healthyAfterMs: HEALTHY_AFTER_MS } };
const POLLING = { poll: { afterFailures: 0, everyMs: 200 }, attemptTimeoutMs: 1_500 };

/**
 * Millrace's own client behind a network of its own. The events `online` and `offline`, which Bun does not have, come when a
 * test says so, as a browser's do.
 */
export class StruckClient implements AsyncDisposable {
  readonly name: string;
  readonly route: Route;
  readonly proxy: FaultProxy;
  /** Problems that no fault of a network may cause. */
  readonly problems: string[] = [];
  readonly #connection: FeedConnection;
  readonly #onlineListeners = new Set<(isOnline: boolean) => void>();
  #events = 0;
  /** Times on the monotonic clock, in milliseconds. */
  #lostAt = 0;
  #liveAt = 0;
  #firstEventAt = 0;
  #liveSince = Number.POSITIVE_INFINITY;

  private constructor(proxy: FaultProxy, { route, name, cursor, history }: StruckClientOptions) {
    this.proxy = proxy;
    this.route = route;
    this.name = name;
    proxy.refuseStreams(route === 'poll');
    this.#connection = createFeedConnection({
      // Twice this long nothing, and the stream counts as lost.
      url: `${proxy.url}/stream?heartbeat=1`,
      transport: route === 'sse' ? 'sse' : 'websocket',
      cursor,
      settings: route === 'poll' ? POLLING : STREAMING,
      environment: {
        ...runtimeEnvironment,
        onOnlineChange: (listener) => {
          this.#onlineListeners.add(listener);
          return () => this.#onlineListeners.delete(listener);
        },
      },
      onEvents: (events) => {
        if (this.#firstEventAt === 0) this.#firstEventAt = performance.now();
        this.#events += events.length;
        for (const { data } of events) history.receive(name, (data as { summary: string }).summary);
      },
      onProblem: ({ kind, message }) => {
        if (kind !== 'poll_failed') this.problems.push(`${kind}: ${message}`);
      },
    });
    this.#connection.subscribe(() => this.#look());
    this.#connection.start();
  }

  static async start(options: StruckClientOptions): Promise<StruckClient> {
    const client = new StruckClient(await startFaultProxy(options.port), options);
    await client.thrives();
    return client;
  }

  /** Waits for more events, and until a stream has been healthy for long enough to be tried again at once. */
  async thrives(): Promise<void> {
    const goal = this.#events + 3;
    const isHealthy = () => this.route === 'poll' || performance.now() - this.#liveSince > HEALTHY_AFTER_MS;
    await this.#until('does not thrive', () => this.#events >= goal && isHealthy());
  }

  setOnline(isOnline: boolean): void {
    for (const listener of this.#onlineListeners) listener(isOnline);
  }

  /** From now on the next loss counts, and what comes after it. */
  forget(): void {
    this.#lostAt = 0;
    this.#liveAt = 0;
    this.#firstEventAt = 0;
  }

  /** When it showed that its stream is lost. */
  async showsLoss(): Promise<number> {
    await this.#until('shows no loss', () => this.#lostAt > 0);
    return this.#lostAt;
  }

  /** When the first event came that came after the loss. */
  async resumes(): Promise<number> {
    if (this.route !== 'poll') {
      await this.#until('does not come back', () => this.#liveAt > 0);
    }
    await this.#until('receives nothing', () => this.#firstEventAt > 0);
    return this.#firstEventAt;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#connection.stop();
    await this.proxy[Symbol.asyncDispose]();
  }

  async #until(complaint: string, condition: () => boolean): Promise<void> {
    const { name, failures } = this.#connection.status();
    const message = `${this.name} ${complaint}; it was ${name} after ${failures} failures`;
    await expect.poll(condition, { timeout: LATE_MS, interval: 2, message }).toBe(true);
  }

  #look(): void {
    const isLive = this.#connection.status().name === 'live';
    this.#liveSince = isLive ? performance.now() : Number.POSITIVE_INFINITY;
    if (!isLive && this.#lostAt === 0) this.#lostAt = performance.now();
    if (!isLive || this.#lostAt === 0 || this.#liveAt > 0) return;
    this.#liveAt = performance.now();
    // What came before was of the stream that is lost.
    this.#firstEventAt = 0;
  }
}
