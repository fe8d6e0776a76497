import { Worker } from 'node:worker_threads';
import type { FromWriter, ToWriter, WriterWorkerData } from './writer-messages.ts';

export interface WriterOptions {
  /** The database file. */
  readonly path: string;
  /** Module that calls `runWriter` with the projections. Default: a log without projections. */
  readonly entry?: URL;
  /** Default: keep everything. */
  readonly retention?: WriterWorkerData['retention'];
  /** Time between two looks at the limits. Default 10,000. */
  readonly retentionIntervalMs?: number;
  /** Newest records read into memory at the start. Default 4096. */
  readonly preload?: number;
}

type Opened = Extract<FromWriter, { kind: 'opened' }>;
type Listener = (message: FromWriter | { kind: 'died'; reason: string }) => void;

/** While the disk refuses, it is tried again this often. */
const PROBE_INTERVAL_MS = 1_000;
const KEEP_EVERYTHING = { maxAgeMs: Infinity, maxEvents: Infinity, maxBytes: Infinity };

/** Owns the thread that holds the write connection. */
export class WriterThread implements AsyncDisposable {
  readonly #worker: Worker;
  #listener: Listener = () => {};
  #probing: ReturnType<typeof setTimeout> | undefined;
  #isEnding = false;

  private constructor(worker: Worker) {
    this.#worker = worker;
    worker.on('message', (message: FromWriter) => this.#listener(message));
    worker.on('error', (error) => this.#died(error.message));
    worker.on('exit', () => this.#died('the thread ended'));
  }

  static async start(options: WriterOptions): Promise<{ writer: WriterThread; opened: Opened }> {
    const workerData: WriterWorkerData = {
      path: options.path,
      retention: options.retention ?? KEEP_EVERYTHING,
      retentionIntervalMs: options.retentionIntervalMs ?? 10_000,
      preload: options.preload ?? 4_096,
    };
    const entry = options.entry ?? new URL('./bare-writer.ts', import.meta.url);
    const writer = new WriterThread(new Worker(entry, { workerData }));
    const answer = await new Promise<Parameters<Listener>[0]>((resolve) => writer.listen(resolve));
    if (answer.kind === 'opened') return { writer, opened: answer };
    writer.#isEnding = true;
    await writer.#worker.terminate();
    const reason = 'reason' in answer ? answer.reason : answer.kind;
    throw new Error(`cannot open the log ${options.path}: ${reason}`);
  }

  /** Replaces the listener. */
  listen(listener: Listener): void {
    this.#listener = listener;
  }

  post(message: ToWriter): void {
    this.#worker.postMessage(message);
  }

  /** Asks for a trial write after a while, once for however many calls. */
  probeSoon(): void {
    this.#probing ??= setTimeout(() => {
      this.#probing = undefined;
      this.post({ kind: 'probe' });
    }, PROBE_INTERVAL_MS);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#probing);
    if (this.#isEnding) return;
    this.#isEnding = true;
    await new Promise<void>((resolve) => {
      this.#worker.once('exit', () => resolve());
      this.listen((message) => {
        if (message.kind === 'closed') resolve();
      });
      this.post({ kind: 'close' });
    });
    await this.#worker.terminate();
  }

  #died(reason: string): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    this.#listener({ kind: 'died', reason: `the log writer failed: ${reason}` });
  }
}
