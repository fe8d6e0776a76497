import { expect, test } from 'vitest';
import type { Cursor } from '../protocol/cursor.ts';
import type { Batch } from './batch.ts';
import type { EventView } from './feed.ts';
import { FeedSource } from './feed-source.ts';
import { Hub } from './hub.ts';
import type { Log, LogRecord, LogSlice } from './log/log.ts';
import { ManualClock } from './manual-clock.ts';
import { Reader, type Sink } from './reader.ts';

const at = (seq: number): Cursor => ({ epoch: 'e', seq, tag: `${seq}` });
const view: EventView = {
  key: 'all',
  includes: () => true,
  eventType: () => 'said',
  encode: ({ seq }) => `{"seq":${seq}}`,
};

/** A log whose reads are answered by hand: each sees what was committed when it began. */
class ScriptedLog {
  committed = 0;
  readonly pending: (() => void)[] = [];
  failure: Error | undefined;
  trimmed = 0;

  head = () => at(this.committed);

  read = (after: number, limit: number): Promise<LogSlice> => {
    const slice = this.#slice(after, limit);
    return new Promise((resolve, reject) => {
      this.pending.push(() => (this.failure ? reject(this.failure) : resolve(slice)));
    });
  };

  /** Answers the reads that are under way and lets everything that follows from it happen. */
  async answer(): Promise<void> {
    for (const settle of this.pending.splice(0)) settle();
    await new Promise(setImmediate);
  }

  #slice(after: number, limit: number): LogSlice {
    if (after < this.trimmed) return { kind: 'expired' };
    const count = Math.min(limit, this.committed - after);
    const records = Array.from({ length: count }, (_, index): LogRecord => {
      const seq = after + 1 + index;
      return { seq, at: 0, type: 't', channel: 'c', body: '{}', tag: `${seq}` };
    });
    return { kind: 'records', records };
  }
}

class ListSink implements Sink {
  isFull = false;
  readonly seqs: number[] = [];
  readonly resets: string[] = [];
  failure: unknown;

  write(batch: Batch): Cursor {
    this.seqs.push(...batch.events.map(({ position }) => position.seq));
    return batch.to;
  }

  reset(reason: string): void {
    this.resets.push(reason);
  }

  fail(error: unknown): void {
    this.failure = error;
  }
}

function setUp() {
  const log = new ScriptedLog();
  const hub = new Hub(new ManualClock());
  const source = new FeedSource(log as unknown as Log, view, (_record, error) => {
    throw error;
  });
  const open = () => {
    const sink = new ListSink();
    const reader = new Reader({ hub, source, sink, position: at(0), head: log.head });
    return { sink, reader };
  };
  const commit = (count: number) => {
    log.committed += count;
    hub.notify();
  };
  return { log, hub, open, commit };
}

test('what is committed while a read is under way is read next, without another commit', async () => {
  const { log, open, commit } = setUp();
  const { reader, sink } = open();
  reader.pump();
  commit(1);
  await log.answer();
  expect(sink.seqs).toEqual([]);
  await log.answer();
  expect(sink.seqs).toEqual([1]);
});

test('a reader that joins a read begun before its registration does not sleep on that answer', async () => {
  const { log, open, commit } = setUp();
  const [first, second] = [open(), open()];
  first.reader.pump();
  commit(1);
  second.reader.pump();
  expect(log.pending).toHaveLength(1);
  for (let turn = 0; turn < 5; turn += 1) await log.answer();
  expect(first.sink.seqs).toEqual([1]);
  expect(second.sink.seqs).toEqual([1]);
});

test('readers at the same position share one read', async () => {
  const { log, open, commit } = setUp();
  commit(3);
  const readers = [open(), open(), open()];
  for (const { reader } of readers) reader.pump();
  expect(log.pending).toHaveLength(1);
  await log.answer();
  for (const { sink } of readers) expect(sink.seqs).toEqual([1, 2, 3]);
});

test('a full socket stops reading; pumping goes on where it stopped', async () => {
  const { log, open, commit } = setUp();
  const { reader, sink } = open();
  reader.pump();
  commit(2);
  await log.answer();
  sink.isFull = true;
  await log.answer();
  const before = [...sink.seqs];
  commit(2);
  for (let turn = 0; turn < 3; turn += 1) await log.answer();
  expect(log.pending).toHaveLength(0);
  sink.isFull = false;
  reader.pump();
  for (let turn = 0; turn < 3; turn += 1) await log.answer();
  expect(before).toEqual([1, 2]);
  expect(sink.seqs).toEqual([1, 2, 3, 4]);
});

test('a reader overtaken by retention is reset and goes on from the head', async () => {
  const { log, open, commit } = setUp();
  commit(10);
  log.trimmed = 5;
  const { reader, sink } = open();
  reader.pump();
  await log.answer();
  expect(sink.resets).toEqual(['cursor_expired']);
  commit(1);
  for (let turn = 0; turn < 3; turn += 1) await log.answer();
  expect(sink.seqs).toEqual([11]);
});

test('a failed read ends its readers and leaves the next ones unharmed', async () => {
  const { log, open, commit } = setUp();
  commit(1);
  const failing = open();
  failing.reader.pump();
  log.failure = new Error('disk');
  await log.answer();
  expect(failing.sink.failure).toBe(log.failure);
  log.failure = undefined;
  const next = open();
  next.reader.pump();
  await log.answer();
  expect(next.sink.seqs).toEqual([1]);
});

test('a closed reader is neither woken nor written to', async () => {
  const { log, hub, open, commit } = setUp();
  const { reader, sink } = open();
  reader.pump();
  commit(1);
  reader.close();
  await log.answer();
  expect(sink.seqs).toEqual([]);
  expect(hub.waiting).toBe(0);
});
