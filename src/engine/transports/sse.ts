import { CLOSE } from '../../protocol/close-codes.ts';
import { type Cursor, formatCursor } from '../../protocol/cursor.ts';
import type { ResetReason } from '../../protocol/frames.ts';
import { encodeSse, encodeSseRetry } from '../../protocol/sse.ts';
import type { Batch } from '../batch.ts';
import type { FeedDefinition, FeedView } from '../feed.ts';
import type { Resolution } from '../log/log.ts';
import type { RowBatch } from '../row-batch.ts';
import type { Sweepable } from '../sweeper.ts';
import { type FeedContext, type FeedSink, type OpenReader, openReader } from './feed-context.ts';
import { EXPIRED, type FeedSession } from './feed-session.ts';

/** Browsers reconnect after this long, plus up to as much again, so that they don't all return at once. */
const RETRY_MS = 1_000;
/** An `EventSource` cannot be told to stay away; told this, it leaves the connection that took its place alone. */
const FINAL_RETRY_MS = 24 * 60 * 60 * 1_000;

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
};

const encoder = new TextEncoder();

export interface SseFeedOptions {
  readonly context: FeedContext;
  readonly feed: FeedDefinition;
  readonly view: FeedView;
  readonly start: Resolution;
  /** The position the client asked for, as it stands in `hello`. */
  readonly asked: Cursor;
  readonly heartbeatMs: number;
  /** On whose authority it is open, where that matters. */
  readonly session: FeedSession | undefined;
  /** Called once when the connection has ended. */
  readonly onClosed: (connection: SseFeed) => void;
}

/** One feed as server-sent events. The runtime pulls: a chunk is made only when the socket can take it. */
export class SseFeed implements FeedSink, Sweepable {
  readonly #options: SseFeedOptions;
  readonly #open: OpenReader;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  /** Settles the pull that waits for a chunk; while there is none, the socket has not taken the last one. */
  #pulled: (() => void) | undefined;
  /** Frames that must go before any event: `hello`, a `reset`, and the first heartbeat of a view that measures. */
  #preamble: string;
  #heartbeatDueAt: number;

  constructor(options: SseFeedOptions) {
    const { context, feed, view, start, asked, heartbeatMs } = options;
    this.#options = options;
    this.#heartbeatDueAt = context.clock.monotonic() + heartbeatMs;
    const cursor = formatCursor(asked);
    const hello = JSON.stringify({ type: 'hello', cursor, feed: feed.name, heartbeatMs });
    this.#preamble = encodeSseRetry(retryMs(context)) + encodeSse({ event: 'hello', id: cursor, data: hello });
    const position = start.kind === 'resume' ? start.cursor : start.head;
    this.#open = openReader({ context, feed, view, transport: 'sse', position, sink: this });
    if (start.kind === 'reset') this.reset(start.reason, start.head);
    // After a reset: its cursor is where the stream goes on.
    if (this.#open.hasMembers) this.#preamble += this.#heartbeat();
    context.sweeper.add(this);
  }

  /** The response; `signal` is the request's and ends the stream. */
  respond(signal: AbortSignal): Response {
    const stream = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        pull: () =>
          new Promise<void>((resolve) => {
            this.#pulled = resolve;
            if (this.#preamble) this.#flushPreamble();
            else this.#open.pump();
          }),
        cancel: () => this.#release(),
      },
      { highWaterMark: 0 },
    );
    if (signal.aborted) this.#release();
    else signal.addEventListener('abort', () => this.#release(), { once: true });
    return new Response(stream, { headers: HEADERS });
  }

  get isFull(): boolean {
    return this.#pulled === undefined;
  }

  write(batch: Batch): Cursor {
    if (batch.events.length > 0) this.#enqueue(batch.sse);
    return batch.to;
  }

  writeRows(rows: RowBatch): void {
    if (rows.events.length > 0) this.#enqueue(rows.beside(this.#open.reader.position).sse);
  }

  reset(reason: ResetReason, head: Cursor): void {
    this.#options.context.metrics.countReset(reason);
    const cursor = formatCursor(head);
    this.#preamble += encodeSse({
      event: 'reset',
      id: cursor,
      data: JSON.stringify({ type: 'reset', reason, cursor }),
    });
    if (this.#pulled) this.#flushPreamble();
  }

  fail(error: unknown): void {
    this.#options.context.logger.error(
      { err: error, feed: this.#options.feed.name },
      'reading for an SSE client failed',
    );
    this.end(CLOSE.internalError, 'reading failed');
  }

  sweep(now: number): void {
    if (this.#options.session?.isOver()) {
      this.end(CLOSE.unauthorized, EXPIRED);
      return;
    }
    if (now < this.#heartbeatDueAt || this.isFull) return;
    this.#heartbeatDueAt = now + this.#options.heartbeatMs;
    this.#enqueue(encoder.encode(this.#heartbeat()));
  }

  /** Ends the stream from this side; says why, as a WebSocket's close frame would, and when to come back. */
  end(code: number, reason: string): void {
    // One that is to come back anyway needs no word of it; one that is not must get it, however slowly it reads.
    const isFinal = code !== CLOSE.goingAway && code !== CLOSE.internalError;
    const data = JSON.stringify({ type: 'close', code, reason });
    const last = isFinal
      ? encodeSseRetry(FINAL_RETRY_MS) + encodeSse({ event: 'close', data })
      : encodeSseRetry(retryMs(this.#options.context));
    try {
      if (this.#pulled || isFinal) this.#enqueue(encoder.encode(last));
      this.#controller?.close();
    } catch {
      // The client has gone already: there is nothing left to close.
    }
    this.#release();
  }

  /** It was never let in: gives back what it holds, and nobody is told. */
  discard(): void {
    this.#open.close();
    this.#options.context.sweeper.delete(this);
  }

  #heartbeat(): string {
    const id = formatCursor(this.#open.reader.position);
    return encodeSse({ event: 'heartbeat', id, data: this.#open.heartbeat() });
  }

  #flushPreamble(): void {
    const chunk = encoder.encode(this.#preamble);
    this.#preamble = '';
    this.#enqueue(chunk);
  }

  #enqueue(chunk: Uint8Array): void {
    const pulled = this.#pulled;
    this.#pulled = undefined;
    this.#controller?.enqueue(chunk);
    const { metrics } = this.#options.context;
    metrics.bytesOut.inc({ transport: 'sse' }, chunk.byteLength);
    // It may go at once; nothing more is handed over before the whole of it has gone.
    metrics.noteSocketBuffer('sse', chunk.byteLength);
    pulled?.();
  }

  #release(): void {
    const pulled = this.#pulled;
    this.#pulled = undefined;
    this.#open.close();
    if (this.#options.context.sweeper.delete(this)) this.#options.onClosed(this);
    pulled?.();
  }
}

function retryMs({ random = Math.random }: FeedContext): number {
  return RETRY_MS * (1 + random());
}
