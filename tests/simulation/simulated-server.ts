import pino from 'pino';
import { Admission } from '../../src/engine/admission.ts';
import { ConnectionLimits } from '../../src/engine/auth/connection-limits.ts';
import { RequestIdentity } from '../../src/engine/auth/request-identity.ts';
import { errorResponse } from '../../src/engine/http-errors.ts';
import type { Log, LogSlice, Resolution } from '../../src/engine/log/log.ts';
import { type LogThreads, SqliteLog } from '../../src/engine/log/sqlite/sqlite-log.ts';
import { createMetrics } from '../../src/engine/metrics.ts';
import type { ReadStep } from '../../src/engine/reader.ts';
import type { Connection } from '../../src/engine/socket.ts';
import type { TransportTimings } from '../../src/engine/transports/feed-context.ts';
import { FeedServer } from '../../src/engine/transports/feed-server.ts';
import { type CursorInput, formatCursor } from '../../src/protocol/cursor.ts';
import type { ResetReason } from '../../src/protocol/frames.ts';
import { nobodyKnown } from '../support/engine-system.ts';
import { TALLY_FEED } from '../support/tally-feed.ts';
import type { Chance } from './chance.ts';
import { LifeClock } from './life-clock.ts';
import type { Peer } from './link.ts';
import type { Sight, Sights } from './sights.ts';
import { SimulatedThreads, type ThreadsOptions } from './simulated-threads.ts';

/** Where a client asks for the state that its stream continues from; the answer has only its cursor. */
export const STATE_PATH = '/state';

/** Short ones, so that a simulation of a minute meets all of them. */
export const TIMINGS = { pingMs: 4_000, pongTimeoutMs: 2_000, heartbeatMs: 3_000 };

/** What of the server is replaced, to show that a simulation notices. */
export interface Damage {
  readonly readStep?: (clock: LifeClock) => ReadStep;
  readonly wrapLog?: (log: Log) => Log;
  readonly timings?: TransportTimings;
}

export interface ServerOptions extends Omit<ThreadsOptions, 'clock'> {
  readonly damage: Damage;
}

const RESETS = {
  cursor_expired: 'resetsExpired',
  cursor_future: 'resetsFuture',
  epoch_changed: 'resetsEpoch',
} as const satisfies Record<ResetReason, Sight>;

const silent = pino({ level: 'silent' });
/** One for all: nothing in a simulation looks at them. */
const metrics = createMetrics();

/** One run of the server from its start to its end: the real log and the real feeds over simulated threads. */
export class ServerLife implements Peer, Disposable {
  readonly clock: LifeClock;
  readonly sendMs: number;
  readonly log: Log;
  readonly threads: SimulatedThreads;
  readonly #store: SqliteLog;
  readonly #feeds: FeedServer;
  #isClosing = false;

  constructor(options: ServerOptions) {
    const { scheduler, chance, sights, damage } = options;
    this.clock = new LifeClock(scheduler, sights);
    // Mostly quick; at times so dear that the hub gathers wake-ups and slices them.
    this.sendMs = chance.is(0.3) ? chance.between(1, 10) : 0.02;
    this.threads = new SimulatedThreads({ ...options, clock: this.clock });
    this.#store = new WatchedLog(this.threads, { clock: this.clock, chance, sights });
    this.log = damage.wrapLog?.(this.#store) ?? this.#store;
    this.#feeds = new FeedServer({
      feeds: [TALLY_FEED],
      log: this.log,
      snapshots: this.#store,
      clock: this.clock,
      random: chance.number,
      metrics,
      logger: silent,
      admission: new Admission({ maxConnections: 1_000, residentBytes: () => 0 }),
      authenticator: nobodyKnown,
      connections: new ConnectionLimits(),
      requiresToken: false,
      onRefused: () => {},
      timings: damage.timings ?? TIMINGS,
      ...(damage.readStep ? { readStep: damage.readStep(this.clock) } : {}),
    });
  }

  /** Whether it was told to end. */
  get isClosing(): boolean {
    return this.#isClosing;
  }

  /** Streams that the server serves. */
  get readers(): number {
    return this.#feeds.readers.size;
  }

  async handle(request: Request, connection: Connection): Promise<Response | undefined> {
    const url = new URL(request.url);
    try {
      if (url.pathname === STATE_PATH) return await this.#state();
      const identity = new RequestIdentity(nobodyKnown, request, url);
      return await this.#feeds.handle({ request, url, connection, identity });
    } catch (error) {
      return errorResponse(error, 'trace');
    }
  }

  /** As on SIGTERM: the clients are told, what was taken is stored. */
  close(onClosed: () => void): void {
    this.#isClosing = true;
    this.#feeds.close();
    this.#store[Symbol.asyncDispose]().then(onClosed, onClosed);
  }

  /** Lets go of what would otherwise be kept for good: the signals of requests that were never answered. */
  release(): void {
    this.#feeds.close();
  }

  /** Nothing of it runs any more, wherever it was. */
  [Symbol.dispose](): void {
    this.clock[Symbol.dispose]();
  }

  async #state(): Promise<Response> {
    const { cursor } = await this.#store.snapshot([]);
    return Response.json({ cursor: formatCursor(cursor) });
  }
}

/** The longest time of a read in a life whose reads are slow. */
const SLOW_READ_MS = 15;

interface WatchedLogOptions {
  readonly clock: LifeClock;
  readonly chance: Chance;
  readonly sights: Sights;
}

/** Sees how cursors are answered, and in some lives takes its time for every read, as a log elsewhere would. */
class WatchedLog extends SqliteLog {
  readonly #options: WatchedLogOptions;
  readonly #isSlow: boolean;

  constructor(threads: LogThreads, options: WatchedLogOptions) {
    const { chance } = options;
    super(threads, { tail: { maxRecords: chance.int(8, 40) } });
    this.#options = options;
    this.#isSlow = chance.is(0.3);
  }

  override async resolve(input: CursorInput): Promise<Resolution> {
    const { sights } = this.#options;
    const resolution = await super.resolve(input);
    if (resolution.kind === 'reset') sights.see(RESETS[resolution.reason]);
    else if (resolution.cursor.seq > this.head().seq) sights.see('cursorsAheadOfTheHead');
    return resolution;
  }

  override read(after: number, limit: number): LogSlice | Promise<LogSlice> {
    const found = super.read(after, limit);
    return this.#isSlow || found instanceof Promise ? this.#deliver(found) : found;
  }

  async #deliver(found: LogSlice | Promise<LogSlice>): Promise<LogSlice> {
    const { clock, chance, sights } = this.#options;
    const slice = await found;
    if (slice.kind === 'expired') sights.see('overtakenReaders');
    if (this.#isSlow) await clock.pass(chance.between(0, SLOW_READ_MS));
    return slice;
  }
}
