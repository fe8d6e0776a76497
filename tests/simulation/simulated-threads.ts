import type { ReadAnswers, ReadRequest } from '../../src/engine/log/sqlite/read-messages.ts';
import type { LogThreads } from '../../src/engine/log/sqlite/sqlite-log.ts';
import type { FromWriter, ToWriter } from '../../src/engine/log/sqlite/writer-messages.ts';
import type { Chance } from './chance.ts';
import type { LifeClock } from './life-clock.ts';
import type { Scheduler } from './scheduler.ts';
import type { Sights } from './sights.ts';
import type { SimulatedDisk } from './simulated-disk.ts';
import type { Trace } from './trace.ts';

export interface ThreadsOptions {
  readonly disk: SimulatedDisk;
  readonly scheduler: Scheduler;
  /** Of the life whose threads they are: they end with it. */
  readonly clock: LifeClock;
  readonly chance: Chance;
  readonly sights: Sights;
  readonly trace: Trace;
  /** Something was stored of which the serving thread has not heard yet. */
  readonly onCommitted: () => void;
}

type FromThread = Parameters<Parameters<LogThreads['writer']['listen']>[0]>[0];

/** Newest records read into memory at a start; few, so that readers meet the disk. */
const PRELOAD = 8;
/** A message between two threads takes up to this long. */
const TRAVEL_MS = 2;
const SLOW_COMMIT_MS = 50;
const PROBE_INTERVAL_MS = 1_000;

/** The writer and the read threads of one life, working on a simulated disk. */
export class SimulatedThreads implements LogThreads {
  readonly #options: ThreadsOptions;
  readonly opened: LogThreads['opened'];
  readonly #inbox: ToWriter[] = [];
  #isWriting = false;
  #listener: (message: FromThread) => void = () => {};
  /** Messages of the writer arrive in the order in which they were sent. */
  #arrivesAt = 0;
  #cancelProbe: (() => void) | undefined;
  /** Commits of which the serving thread has not heard yet. */
  #unreported = 0;

  constructor(options: ThreadsOptions) {
    const { disk } = options;
    this.#options = options;
    const newest = disk.read(Math.max(disk.trimmed.seq, disk.head.seq - PRELOAD), PRELOAD);
    this.opened = { kind: 'opened', epoch: disk.epoch, head: disk.head, trimmed: disk.trimmed, newest };
  }

  readonly writer: LogThreads['writer'] = {
    listen: (listener) => {
      this.#listener = listener;
    },
    post: (message) => {
      this.#inbox.push(message);
      this.#work();
    },
    probeSoon: () => {
      this.#cancelProbe ??= this.#options.clock.schedule(PROBE_INTERVAL_MS, () => {
        this.#cancelProbe = undefined;
        this.writer.post({ kind: 'probe' });
      });
    },
    [Symbol.asyncDispose]: async () => this.#cancelProbe?.(),
  };

  readonly reads: LogThreads['reads'] = {
    run: (request) =>
      new Promise((resolve) => {
        this.#later(4, () => {
          const answer = this.#read(request);
          this.#options.sights.see('diskReads');
          this.#later(TRAVEL_MS, () => this.#options.clock.run(() => resolve(answer as never)));
        });
      }),
    [Symbol.asyncDispose]: async () => {},
  };

  /** Retention has removed records: the serving thread hears of it later. */
  tellTrimmed(): void {
    this.#tell({ kind: 'trimmed', trimmed: this.#options.disk.trimmed });
  }

  /** Whether a crash now leaves commits that nobody was told of. */
  get hasUnreported(): boolean {
    return this.#unreported > 0;
  }

  #work(): void {
    const message = this.#inbox[0];
    if (this.#isWriting || !message) return;
    const { disk, chance, sights } = this.#options;
    this.#isWriting = true;
    const commitMs = chance.between(0.1, disk.commitMs);
    if (commitMs > SLOW_COMMIT_MS) sights.see('slowCommits');
    this.#later(TRAVEL_MS + commitMs, () => {
      this.#isWriting = false;
      this.#inbox.shift();
      this.#execute(message, commitMs);
      this.#work();
    });
  }

  #execute(message: ToWriter, commitMs: number): void {
    const { disk, clock, trace, onCommitted } = this.#options;
    switch (message.kind) {
      case 'commit': {
        const outcomes = disk.commit(message.requests, clock.now());
        trace.add('disk', `commit of ${outcomes.length}: head ${disk.head.seq}`);
        this.#unreported += 1;
        this.#tell({ kind: 'settled', outcomes, commitMs });
        onCommitted();
        break;
      }
      case 'probe':
        this.#tell(disk.isFailing ? { kind: 'probed', reason: 'the disk refuses' } : { kind: 'probed' });
        break;
      case 'close':
        break;
      default:
        message satisfies never;
    }
  }

  #tell(message: FromWriter): void {
    const { scheduler, chance, clock, disk } = this.#options;
    this.#arrivesAt = Math.max(this.#arrivesAt, scheduler.now + chance.between(0, disk.reportMs));
    scheduler.after(this.#arrivesAt - scheduler.now, () =>
      clock.run(() => {
        if (message.kind === 'settled') this.#unreported -= 1;
        this.#listener(message);
      }),
    );
  }

  #read(request: ReadRequest): ReadAnswers[keyof ReadAnswers] {
    const { disk } = this.#options;
    switch (request.kind) {
      case 'records':
        return disk.read(request.after, request.limit);
      case 'tag':
        return disk.tagAt(request.seq);
      case 'snapshot':
        return { position: disk.head, results: request.queries.map(({ params = [] }) => disk.tallies(params)) };
      default:
        return request satisfies never;
    }
  }

  /** In another thread, which ends with the process but doesn't wait for its serving thread. */
  #later(maxMs: number, action: () => void): void {
    const { scheduler, chance, clock } = this.#options;
    scheduler.after(chance.between(0, maxMs), () => {
      if (!clock.isOver) action();
    });
  }
}
