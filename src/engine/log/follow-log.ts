import type { Log, LogRecord } from './log.ts';

export interface FollowOptions {
  readonly log: Log;
  /** Position after which the first record is wanted. */
  readonly after: number;
  /** Given every record once, in order. */
  readonly onRecords: (records: readonly LogRecord[]) => void;
  /** Retention removed records that were not read yet, or reading failed: following has ended. */
  readonly onLost: (reason: unknown) => void;
}

const READ_LIMIT = 256;

/** Reads the log as it grows, for work inside the server; ends when disposed. */
export function followLog({ log, after, onRecords, onLost }: FollowOptions): Disposable {
  let position = after;
  let isReading = false;
  let isOver = false;

  const read = async () => {
    // Commits that arrive while it reads are found by the same loop.
    if (isReading || isOver) return;
    isReading = true;
    try {
      while (!isOver && position < log.head().seq) {
        const slice = await log.read(position, READ_LIMIT);
        if (isOver) return;
        if (slice.kind === 'expired') throw new Error('retention was faster');
        onRecords(slice.records);
        position = slice.records.at(-1)?.seq ?? position;
      }
    } catch (error) {
      if (isOver) return;
      end();
      onLost(error);
    } finally {
      isReading = false;
    }
  };
  // Before the first read: what is committed in between must not be missed.
  const stopListening = log.onCommit(() => void read());
  const end = () => {
    isOver = true;
    stopListening();
  };
  void read();
  return { [Symbol.dispose]: end };
}
