import { Worker } from 'node:worker_threads';
import { MillraceError } from '../../../protocol/errors.ts';
import type { ReadAnswers, ReadJob, ReadReply, ReadRequest } from './read-messages.ts';

/** Reads that may wait or run at once; more answer `overloaded`. */
const MAX_PENDING = 1_000;
const CLOSING = 'the server is closing';

interface Pending {
  readonly resolve: (answer: never) => void;
  readonly reject: (error: MillraceError) => void;
}

interface ReadThread {
  readonly worker: Worker;
  /** Jobs given to this thread, by id; it works on the first and the rest wait in its mailbox. */
  readonly jobs: Map<number, Pending>;
}

/** Threads that read the database, so that a slow query never holds up the serving thread. */
export class ReadPool implements AsyncDisposable {
  readonly #threads: readonly ReadThread[];
  #lastId = 0;
  #isClosed = false;

  /** `threads` defaults to 2: one long search must not hold up catch-up reads. */
  constructor(path: string, threads = 2) {
    this.#threads = Array.from({ length: threads }, () => this.#start(path));
  }

  run<Kind extends ReadRequest['kind']>(request: ReadRequest & { kind: Kind }): Promise<ReadAnswers[Kind]> {
    const thread = this.#leastBusy();
    const pending = this.#threads.reduce((sum, { jobs }) => sum + jobs.size, 0);
    if (!thread || this.#isClosed) return Promise.reject(new MillraceError('shutting_down', CLOSING));
    if (pending >= MAX_PENDING) {
      return Promise.reject(new MillraceError('overloaded', `${pending} reads are waiting`, { retryAfterS: 1 }));
    }
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      thread.jobs.set(id, { resolve, reject });
      thread.worker.postMessage({ id, request } satisfies ReadJob);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    await Promise.all(this.#threads.map(({ worker }) => worker.terminate()));
    for (const thread of this.#threads) rejectAll(thread, new MillraceError('shutting_down', CLOSING));
  }

  #leastBusy(): ReadThread | undefined {
    return this.#threads.reduce<ReadThread | undefined>(
      (best, thread) => (best && best.jobs.size <= thread.jobs.size ? best : thread),
      undefined,
    );
  }

  #start(path: string): ReadThread {
    const worker = new Worker(new URL('./read-worker.ts', import.meta.url), { workerData: { path } });
    const thread: ReadThread = { worker, jobs: new Map() };
    worker.on('message', (reply: ReadReply) => {
      const pending = thread.jobs.get(reply.id);
      thread.jobs.delete(reply.id);
      if ('error' in reply) pending?.reject(new MillraceError('internal', `reading failed: ${reply.error}`));
      else pending?.resolve(reply.answer as never);
    });
    worker.on('error', ({ message }) => rejectAll(thread, new MillraceError('internal', `reading failed: ${message}`)));
    return thread;
  }
}

function rejectAll({ jobs }: ReadThread, error: MillraceError): void {
  for (const { reject } of jobs.values()) reject(error);
  jobs.clear();
}
