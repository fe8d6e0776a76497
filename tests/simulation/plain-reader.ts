import type { LogRecord } from '../../src/engine/log/log.ts';
import type { FeedPage } from '../../src/protocol/frames.ts';
import { TEST_FEED } from '../support/engine-system.ts';
import type { HistoryReport } from '../support/history.ts';
import type { Chance } from './chance.ts';
import type { Path } from './link.ts';
import type { Network } from './network.ts';
import type { Scheduler } from './scheduler.ts';
import { Segment } from './segment.ts';
import type { Sights } from './sights.ts';
import type { Position, SimulatedDisk } from './simulated-disk.ts';
import { positionOf, type Subscriber } from './subscriber.ts';
import type { Trace } from './trace.ts';

const FEED_URL = `http://millrace.test${TEST_FEED.path}`;
/** A page waits for its first event so long, longer than any round of a simulation. */
const WAIT_S = 4;
const ANSWER_MS = 5_500;
const PING_MS = 1_000;
/** Without an answer to its pings for so long it takes the connection for dead. */
const SILENCE_MS = 3_000;
const RETRY_MS = 500;

export interface PlainReaderOptions {
  readonly name: string;
  readonly scheduler: Scheduler;
  readonly chance: Chance;
  readonly sights: Sights;
  readonly trace: Trace;
  readonly network: Network;
  readonly disk: SimulatedDisk;
  readonly channel: string | undefined;
  readonly onReport: (report: HistoryReport) => void;
}

/** A reader with nothing of Millrace's client: a WebSocket without a subprotocol, or one long poll after the other. */
export class PlainReader implements Subscriber {
  readonly name: string;
  readonly path: Path;
  readonly transport: 'websocket' | 'poll';
  readonly #options: PlainReaderOptions;
  readonly #stopping = new AbortController();
  #segment: Segment | undefined;
  #cursor: string | undefined;
  #isLive = false;
  #events = 0;

  constructor(options: PlainReaderOptions) {
    const { name, chance } = options;
    this.name = name;
    this.path = { name, isDark: false, isStalled: false, takesStreams: true, delayMs: 3 };
    this.transport = chance.is(0.5) ? 'websocket' : 'poll';
    this.#options = options;
  }

  get isLive(): boolean {
    return this.#isLive;
  }

  get events(): number {
    return this.#events;
  }

  get isUpToDate(): boolean {
    const { disk } = this.#options;
    return this.#segment?.isUpToDate(disk) ?? false;
  }

  start(): void {
    void this.#run();
  }

  stop(): void {
    this.#stopping.abort();
  }

  checkAll(): void {
    this.#check(this.#options.disk.head);
  }

  readonly #shows = ({ channel }: LogRecord): boolean =>
    this.#options.channel === undefined || this.#options.channel === channel;

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      try {
        if (this.#cursor === undefined) await this.#join();
        else if (this.transport === 'poll') await this.#readPage(this.#cursor);
        else await this.#listen(this.#cursor);
      } catch (error) {
        this.#options.trace.add(this.name, `${error}`);
        this.#isLive = false;
        await this.#pass(RETRY_MS);
      }
    }
  }

  /** Begins at the head. */
  async #join(): Promise<void> {
    const { cursor } = await this.#fetchPage('latest', 0);
    this.#begin(cursor);
  }

  async #readPage(cursor: string): Promise<void> {
    const page = await this.#fetchPage(cursor, WAIT_S);
    this.#isLive = true;
    this.#options.sights.see('longPolls');
    for (const { text, cursor: after } of page.events) this.#show(String(text), after);
    this.#cursor = page.cursor;
  }

  /** Throws where there is no page; begins anew where the answer is a reset. */
  async #fetchPage(cursor: string, waitS: number): Promise<FeedPage> {
    const { network, scheduler } = this.#options;
    const late = new AbortController();
    const cancel = scheduler.after(ANSWER_MS, () => late.abort());
    const signal = AbortSignal.any([late.signal, this.#stopping.signal]);
    const headers = { accept: 'application/json' };
    const response = await network.fetch(this.path, this.#url(cursor, { wait: `${waitS}` }), { headers, signal });
    cancel();
    const answer = (await response.json()) as FeedPage & { error?: { code: string; details?: { cursor: string } } };
    if (response.ok) return answer;
    const { code = '', details } = answer.error ?? {};
    if (response.status === 410 && details) this.#reset(details.cursor);
    throw new Error(code);
  }

  /** Settles when the socket has ended. */
  #listen(cursor: string): Promise<void> {
    const { network, scheduler, sights } = this.#options;
    return new Promise((_resolve, reject) => {
      let heardAt = scheduler.now;
      let cancel = () => {};
      const end = (why: string) => {
        cancel();
        reject(new Error(why));
      };
      const socket = network.openSocket(this.path, this.#url(cursor, {}).replace('http:', 'ws:'), [], {
        onMessage: (text) => {
          heardAt = scheduler.now;
          this.#isLive = true;
          this.#take(JSON.parse(text));
        },
        onClose: (code) => end(`ended with ${code}`),
      });
      const look = () => {
        if (scheduler.now - heardAt > SILENCE_MS || this.#stopping.signal.aborted) {
          socket.close();
          end('silence');
          return;
        }
        sights.see('plainPings');
        socket.send('{"type":"ping"}');
        cancel = scheduler.after(PING_MS, look);
      };
      look();
    });
  }

  #take(frame: { readonly type: string; readonly text?: string; readonly cursor: string }): void {
    if (frame.type === 'reset') this.#reset(frame.cursor);
    else if (frame.type === 'said') this.#show(String(frame.text), frame.cursor);
  }

  #show(text: string, cursor: string): void {
    this.#options.trace.add(this.name, `shows ${text}`);
    this.#events += 1;
    this.#cursor = cursor;
    this.#segment?.receive(text, positionOf(cursor));
  }

  #reset(cursor: string): void {
    this.#options.trace.add(this.name, `is told to begin anew at ${cursor}`);
    this.#begin(cursor);
  }

  #begin(cursor: string): void {
    if (this.#cursor !== undefined) this.#check(positionOf(this.#cursor));
    this.#cursor = cursor;
    this.#segment = new Segment(positionOf(cursor), this.#shows);
  }

  #check(through: Position): void {
    const { disk, onReport } = this.#options;
    if (this.#segment) onReport(this.#segment.check(disk, through));
  }

  #url(cursor: string, query: Readonly<Record<string, string>>): string {
    const { channel } = this.#options;
    const members = { ...query, cursor, ...(channel === undefined ? {} : { channel }) };
    return `${FEED_URL}?${new URLSearchParams(members)}`;
  }

  #pass(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#options.scheduler.after(ms, resolve);
    });
  }
}
