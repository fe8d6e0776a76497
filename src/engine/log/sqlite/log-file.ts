import type { Projection } from '../../store/projection.ts';
import { assertIntact } from './assert-intact.ts';
import { acquireLock, openForWriting } from './database.ts';
import { HeadMark } from './head-mark.ts';
import { finishRestore } from './restore.ts';
import { type AppendOutcome, type AppendRequest, Writer } from './writer.ts';

export interface LogFileOptions {
  /** The database file; made when there is none. */
  readonly path: string;
  readonly projections: readonly Projection[];
  /** Wall clock, stamped on records. */
  readonly now: () => number;
}

/** The files of one log, held against every other process: the database, its lock and its mark. */
export class LogFile {
  readonly writer: Writer;
  readonly #lock: Disposable;
  readonly #mark: HeadMark;

  private constructor(writer: Writer, lock: Disposable, mark: HeadMark) {
    this.writer = writer;
    this.#lock = lock;
    this.#mark = mark;
  }

  /** Throws, changing nothing, when the files are damaged, newer than this Millrace, or held by another process. */
  static open({ path, projections, now }: LogFileOptions): LogFile {
    using stack = new DisposableStack();
    const lock = stack.use(acquireLock(`${path}-lock`));
    finishRestore(path);
    assertIntact(path);
    const writer = new Writer({ database: openForWriting(path), projections, now });
    const mark = new HeadMark(path);
    stack.move();
    return new LogFile(writer, lock, mark);
  }

  /** What it returns as committed is on disk, and marked. */
  commit(requests: readonly AppendRequest[]): AppendOutcome[] {
    const outcomes = this.writer.commit(requests);
    this.#write(false);
    return outcomes;
  }

  /** Folds the write-ahead log into the file and lets go of everything, also when the disk refuses. */
  close(): void {
    try {
      this.writer.close();
      this.#write(true);
    } catch {
      // What the checkpoint could not fold in stays in the write-ahead log and is read from there at the next start.
    }
    this.#mark[Symbol.dispose]();
    this.#lock[Symbol.dispose]();
  }

  #write(isClosed: boolean): void {
    try {
      this.#mark.write({ head: this.writer.head, isClosed });
    } catch {
      // The commit stands without it. A mark that stays behind claims less than there is.
    }
  }
}
