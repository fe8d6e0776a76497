import { DEFAULT_POLL_SETTINGS } from '../../src/client/connection-state.ts';
import type { ClientEnvironment } from '../../src/client/environment.ts';
import { createFeedConnection, type FeedConnection } from '../../src/client/feed-connection.ts';
import type { StreamTransport } from '../../src/client/open-stream.ts';
import type { LogRecord } from '../../src/engine/log/log.ts';
import type { EventMessage } from '../../src/protocol/frames.ts';
import { isRow } from '../../src/protocol/read-frame.ts';
import { DEFAULT_RECONNECT_POLICY } from '../../src/protocol/reconnect-policy.ts';
import { TEST_FEED } from '../support/engine-system.ts';
import type { HistoryReport } from '../support/history.ts';
import type { Chance } from './chance.ts';
import type { Path } from './link.ts';
import type { Network } from './network.ts';
import { RowsShown } from './rows-shown.ts';
import type { Scheduler } from './scheduler.ts';
import { Segment } from './segment.ts';
import type { Sights } from './sights.ts';
import type { Position, SimulatedDisk } from './simulated-disk.ts';
import { SimulatedEnvironment } from './simulated-environment.ts';
import { STATE_PATH } from './simulated-server.ts';
import { positionOf, type Subscriber } from './subscriber.ts';
import type { Trace } from './trace.ts';

/** A deadline of the client may be noticed this late. */
const TOLERANCE_MS = 1;

export interface ClientOptions {
  readonly name: string;
  readonly scheduler: Scheduler;
  readonly chance: Chance;
  readonly sights: Sights;
  readonly trace: Trace;
  readonly network: Network;
  readonly disk: SimulatedDisk;
  /** Of the channels that the feed can be filtered by; undefined shows all. */
  readonly channel: string | undefined;
  /** Told of what must never happen. */
  readonly violate: (what: string) => void;
  readonly onReport: (report: HistoryReport) => void;
  /** Replaced only to show that a simulation notices. */
  readonly wrapEnvironment?: ((environment: ClientEnvironment) => ClientEnvironment) | undefined;
}

/** One client of the feed, with the real connection over a simulated environment, and what it has shown. */
export class SimulatedClient implements Subscriber {
  readonly name: string;
  readonly path: Path;
  readonly #options: ClientOptions;
  readonly #environment: ClientEnvironment;
  readonly #own: SimulatedEnvironment;
  /** Of events, filtered or not; of all events with rows beside them; or of rows alone. */
  readonly #view: 'events' | 'both' | 'rows';
  readonly #rows: RowsShown;
  readonly #hasSnapshot: boolean;
  readonly #polls: boolean;
  readonly #heartbeatMs: number;
  #transport: StreamTransport;
  #connection: FeedConnection;
  #segment: Segment | undefined;
  #heardAt = 0;
  #events = 0;

  constructor(options: ClientOptions) {
    const { name, chance, wrapEnvironment = (environment) => environment } = options;
    this.name = name;
    this.path = { name, isDark: false, isStalled: false, takesStreams: true, delayMs: 3 };
    this.#options = options;
    this.#own = new SimulatedEnvironment({
      ...options,
      path: this.path,
      onHeard: () => {
        this.#heardAt = options.scheduler.now;
      },
      onStreamEnded: (code) => options.trace.add(name, `stream ended with ${code}`),
    });
    this.#environment = wrapEnvironment(this.#own);
    this.#view = chance.is(0.5) ? 'events' : chance.is(0.5) ? 'both' : 'rows';
    this.#rows = new RowsShown(options.disk);
    // A client of rows alone would otherwise never see those that don't change.
    this.#hasSnapshot = this.#view === 'rows' || chance.is(0.6);
    this.#polls = chance.is(0.4);
    this.#heartbeatMs = chance.int(1, 3) * 1_000;
    this.#transport = chance.is(0.5) ? 'websocket' : 'sse';
    this.#connection = this.#connect(undefined);
  }

  get isLive(): boolean {
    return this.#connection.status().name === 'live';
  }

  get events(): number {
    return this.#events;
  }

  /** Timers and listeners that are left; none once it was stopped. */
  get leftovers(): number {
    return this.#own.leftovers;
  }

  start(): void {
    this.#connection.start();
  }

  stop(): void {
    this.#connection.stop();
  }

  pause(): void {
    this.#connection.pause();
  }

  resume(): void {
    this.#connection.resume();
  }

  setOnline(isOnline: boolean): void {
    this.#own.setOnline(isOnline);
  }

  /** Goes on with the other transport at the position it has reached. */
  switchTransport(): void {
    this.#transport = this.#transport === 'sse' ? 'websocket' : 'sse';
    this.#goOn(this.#connection.cursor());
  }

  /** Begins anew, as a page that is loaded again. */
  reload(): void {
    this.#check(this.#segment?.last);
    this.#segment = undefined;
    this.#rows.begin();
    this.#goOn(undefined);
  }

  /** Whether it says that it is live although nothing came for longer than it waits. */
  isQuietlyWrong(now: number): boolean {
    return this.isLive && now - this.#heardAt > 2 * this.#heartbeatMs + TOLERANCE_MS;
  }

  get isUpToDate(): boolean {
    const hasEvents = this.#segment?.isUpToDate(this.#options.disk) ?? false;
    return hasEvents && (this.#view === 'events' || this.#rows.areUpToDate);
  }

  checkAll(): void {
    this.#check(this.#options.disk.head);
  }

  readonly #shows = ({ channel }: LogRecord): boolean => {
    const wanted = this.#view === 'events' ? this.#options.channel : undefined;
    return this.#view !== 'rows' && (wanted === undefined || wanted === channel);
  };

  #goOn(cursor: string | undefined): void {
    this.#connection.stop();
    this.#options.trace.add(this.name, `goes on by ${this.#transport} at ${cursor}`);
    this.#connection = this.#connect(cursor);
    this.#connection.start();
  }

  #connect(cursor: string | undefined): FeedConnection {
    const { channel, trace, scheduler, sights } = this.#options;
    const query = new URLSearchParams({ heartbeat: `${this.#heartbeatMs / 1_000}`, view: this.#view });
    if (channel !== undefined) query.set('channel', channel);
    const connection = createFeedConnection({
      url: `${TEST_FEED.path}?${query}`,
      transport: this.#transport,
      cursor,
      environment: this.#environment,
      ...(this.#hasSnapshot ? { snapshot: (signal: AbortSignal) => this.#loadSnapshot(signal) } : {}),
      settings: {
        policy: { ...DEFAULT_RECONNECT_POLICY, maxDelayMs: 4_000 },
        poll: this.#polls ? { ...DEFAULT_POLL_SETTINGS, afterFailures: 1, everyMs: 1_500 } : undefined,
        attemptTimeoutMs: 3_000,
      },
      onEvents: (events) => this.#show(events),
      onProblem: ({ kind, message }) => {
        trace.add(this.name, `${kind}: ${message}`);
        if (kind === 'gap') this.#lose();
      },
    });
    let previous = connection.status().name;
    connection.subscribe(() => {
      const { name } = connection.status();
      trace.add(this.name, `is ${name}`);
      if (previous === 'live' && scheduler.now - this.#heardAt >= 2 * this.#heartbeatMs) sights.see('silences');
      previous = name;
      if (name === 'live' && !this.#segment) this.#begin(positionOf(connection.cursor()));
    });
    return connection;
  }

  async #loadSnapshot(signal: AbortSignal): Promise<string> {
    const response = await this.#environment.fetch(new URL(STATE_PATH, this.#environment.baseUrl).href, {
      headers: {},
      signal,
    });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    const { cursor } = (await response.json()) as { readonly cursor: string };
    signal.throwIfAborted();
    this.#options.sights.see('snapshots');
    this.#begin(positionOf(cursor));
    this.#rows.begin(positionOf(cursor));
    return cursor;
  }

  #show(events: readonly EventMessage[]): void {
    const { trace, sights } = this.#options;
    trace.add(this.name, `shows ${events.map(wordsOf).join(' ')}`);
    if (this.#connection.status().name === 'polling') sights.see('polledPages');
    for (const message of events) {
      this.#events += 1;
      if (isRow(message)) this.#showRow(message, message.as_of);
      else this.#segment?.receive(String(message.text), positionOf(message.cursor));
    }
  }

  #showRow(message: EventMessage, asOf: string): void {
    this.#options.sights.see('rows');
    const page = this.#connection.status().name === 'polling' ? positionOf(message.cursor) : undefined;
    const wrong = this.#rows.show(message, positionOf(asOf), page);
    if (wrong !== undefined) this.#options.violate(`${this.name}: ${wrong}`);
  }

  /** It was told that it has lost its place: until then everything must have come. */
  #lose(): void {
    const cursor = this.#connection.cursor();
    this.#check(cursor === undefined ? this.#segment?.last : positionOf(cursor));
    this.#segment = undefined;
    this.#rows.begin();
  }

  #begin(from: Position): void {
    this.#check(this.#segment?.last);
    this.#segment = new Segment(from, this.#shows);
  }

  #check(through: Position | undefined): void {
    const { disk, onReport } = this.#options;
    if (this.#segment && through) onReport(this.#segment.check(disk, through));
  }
}

function wordsOf(message: EventMessage): string {
  return isRow(message) ? `${message.channel}=${message.events}` : String(message.text);
}
