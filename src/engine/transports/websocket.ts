import { CLOSE } from '../../protocol/close-codes.ts';
import { type Cursor, formatCursor } from '../../protocol/cursor.ts';
import { MILLRACE_V1, type ResetReason } from '../../protocol/frames.ts';
import { BEARER_PROTOCOL } from '../auth/authenticator.ts';
import type { Batch } from '../batch.ts';
import type { ClientFrame, FeedAccess, FeedDefinition, FeedView } from '../feed.ts';
import type { Resolution } from '../log/log.ts';
import { RowBatch } from '../row-batch.ts';
import type { Socket, SocketOwner } from '../socket.ts';
import type { Sweepable } from '../sweeper.ts';
import { TokenBucket } from '../token-bucket.ts';
import { type FeedContext, type FeedSink, type OpenReader, openReader } from './feed-context.ts';
import { EXPIRED, type FeedSession } from './feed-session.ts';
import { closeCodeOf } from './refused-socket.ts';

/** Codes of a close that was meant; 1005 stands for a close frame without one. */
const GOODBYES: ReadonlySet<number> = new Set([CLOSE.normal, CLOSE.goingAway, 1005]);
/** Messages a client may send; more close its connection with 1008. */
const MESSAGE_RATE = { perSecond: 50, burst: 200 };

export interface WebSocketFeedOptions {
  readonly context: FeedContext;
  readonly feed: FeedDefinition;
  readonly view: FeedView;
  readonly start: Resolution;
  /** The position the client asked for, as it stands in `hello`. */
  readonly asked: Cursor;
  /** Whether the client speaks `millrace.v1`; otherwise it gets one frame per event, and heartbeats that carry something. */
  readonly isV1: boolean;
  readonly heartbeatMs: number;
  /** On whose authority it is open, where that matters. */
  readonly session: FeedSession | undefined;
  readonly params: FeedAccess['params'];
  /** The address that the client connects from. */
  readonly address: string;
  /** Called when the connection has ended, and maybe again. */
  readonly onClosed: (connection: WebSocketFeed) => void;
}

export function offersV1(headers: Headers): boolean {
  return offered(headers).includes(MILLRACE_V1);
}

/** The subprotocol that the answer names: a browser closes a connection whose offer was not taken up. */
export function protocolFor(headers: Headers): string | undefined {
  const names = offered(headers);
  return [MILLRACE_V1, BEARER_PROTOCOL].find((name) => names.includes(name));
}

function offered(headers: Headers): readonly string[] {
  return (headers.get('sec-websocket-protocol') ?? '').split(',').map((name) => name.trim());
}

/** One feed on one WebSocket. */
export class WebSocketFeed implements SocketOwner, FeedSink, Sweepable {
  readonly #options: WebSocketFeedOptions;
  readonly #rate: TokenBucket;
  #socket: Socket | undefined;
  #open: OpenReader | undefined;
  /** The position that the client was told last. */
  #told: Cursor;
  #isFull = false;
  #owesPong = false;
  #heardAt: number;
  /** When the ping that was not answered yet was sent. */
  #pingedAt: number | undefined;
  #pingDueAt: number;
  #heartbeatDueAt: number;
  /** How it was ended, when that was before it opened. */
  #ended: { readonly code: number; readonly reason: string } | undefined;

  constructor(options: WebSocketFeedOptions) {
    const { context, heartbeatMs } = options;
    const now = context.clock.monotonic();
    this.#options = options;
    this.#told = options.asked;
    this.#rate = new TokenBucket(MESSAGE_RATE, now);
    this.#heardAt = now;
    this.#pingDueAt = now + context.timings.pingMs;
    this.#heartbeatDueAt = now + heartbeatMs;
  }

  get isFull(): boolean {
    return this.#isFull;
  }

  opened(socket: Socket): void {
    const { context, feed, view, start, asked, isV1, heartbeatMs } = this.#options;
    this.#socket = socket;
    if (this.#ended) {
      socket.close(this.#ended.code, this.#ended.reason);
      return;
    }
    const position = start.kind === 'resume' ? start.cursor : start.head;
    this.#open = openReader({ context, feed, view, transport: 'websocket', position, sink: this });
    context.sweeper.add(this);
    context.logger.debug({ feed: feed.name }, 'WebSocket opened');
    if (isV1) this.#send(JSON.stringify({ type: 'hello', cursor: formatCursor(asked), feed: feed.name, heartbeatMs }));
    if (start.kind === 'reset') this.reset(start.reason, start.head);
    if (this.#open?.hasMembers) this.#beat(this.#open);
    this.#open?.pump();
  }

  write(batch: Batch): Cursor {
    if (!this.#options.isV1) return this.#writeFrames(batch);
    if (batch.events.length > 0) {
      this.#send(batch.v1(this.#told));
      this.#told = batch.to;
    }
    return batch.to;
  }

  writeRows(rows: RowBatch): void {
    if (rows.events.length === 0 || !this.#open) return;
    if (this.#options.isV1) this.#send(rows.beside(this.#told).v1(this.#told));
    else for (const row of rows.beside(this.#open.reader.position).events) this.#send(row.text);
  }

  reset(reason: ResetReason, head: Cursor): void {
    this.#options.context.metrics.countReset(reason);
    this.#told = head;
    this.#send(JSON.stringify({ type: 'reset', reason, cursor: formatCursor(head) }));
  }

  fail(error: unknown): void {
    const { logger } = this.#options.context;
    logger.error({ err: error, feed: this.#options.feed.name }, 'reading for a WebSocket failed');
    this.end(CLOSE.internalError, 'reading failed');
  }

  received(text: string | undefined): void {
    if (!this.heard()) return;
    const frame = text === undefined ? undefined : clientFrame(text);
    if (!frame || !this.#take(frame)) this.#options.context.metrics.rejects.inc({ reason: 'unknown_frame' });
  }

  /** Returns false when it was one message too many and the connection was closed. */
  heard(): boolean {
    const { clock, metrics } = this.#options.context;
    this.#heardAt = clock.monotonic();
    this.#pingedAt = undefined;
    if (this.#rate.take(this.#heardAt)) return true;
    metrics.rejects.inc({ reason: 'message_rate' });
    this.end(CLOSE.policyViolation, 'too many messages');
    return false;
  }

  drained(): void {
    this.#isFull = false;
    if (this.#owesPong) this.#pong();
    this.#open?.pump();
  }

  sweep(now: number): void {
    const { context, isV1, session } = this.#options;
    const { pingMs, pongTimeoutMs } = context.timings;
    if (session?.isOver()) {
      this.end(CLOSE.unauthorized, EXPIRED);
      return;
    }
    if (this.#pingedAt !== undefined && now - this.#pingedAt >= pongTimeoutMs) {
      context.logger.info({ feed: this.#options.feed.name, silentMs: now - this.#heardAt }, 'WebSocket peer is gone');
      this.end(CLOSE.pongTimeout, 'no pong');
      return;
    }
    // Never later than it is due: the next look would be.
    if (now + context.sweeper.intervalMs > this.#pingDueAt) {
      this.#pingDueAt = now + pingMs;
      this.#pingedAt ??= now;
      this.#socket?.ping();
    }
    if (now < this.#heartbeatDueAt || this.#isFull || !this.#open) return;
    if (isV1 || this.#open.hasMembers) this.#beat(this.#open);
  }

  #beat({ reader, heartbeat }: OpenReader): void {
    const { context, heartbeatMs } = this.#options;
    this.#heartbeatDueAt = context.clock.monotonic() + heartbeatMs;
    this.#told = reader.position;
    this.#send(heartbeat());
  }

  /** Closes the connection from this side. */
  end(code: number, reason: string): void {
    this.#ended ??= { code, reason };
    this.#socket?.close(code, reason);
    this.#release();
  }

  closed(code: number, reason: string): void {
    const { context, feed } = this.#options;
    // A peer that said goodbye is no news; one that was cut off, or that a frame could not be sent to, is (specs/004).
    const level = GOODBYES.has(code) ? 'debug' : 'info';
    context.logger[level]({ feed: feed.name, code, reason }, 'WebSocket closed');
    this.#release();
  }

  /** One frame per event; stops where the socket fills up. Rows go as a whole: there is no position between two of them. */
  #writeFrames(batch: Batch): Cursor {
    const isDivisible = !(batch instanceof RowBatch);
    let reached = batch.to;
    this.#socket?.cork(() => {
      for (const event of batch.events) {
        this.#send(event.text);
        if (!this.#isFull || !isDivisible) continue;
        reached = event.position;
        return;
      }
    });
    return reached;
  }

  #send(text: string): void {
    const { metrics } = this.#options.context;
    const state = this.#socket?.send(text);
    if (state === 'full') {
      this.#isFull = true;
      metrics.noteSocketBuffer('websocket', this.#socket?.buffered() ?? 0);
    }
    // Not taken means the connection is over; its close follows.
    if (state === 'closed') this.#release();
    else metrics.bytesOut.inc({ transport: 'websocket' }, text.length);
  }

  /** Returns false for a frame that nobody knows. */
  #take(frame: ClientFrame): boolean {
    const { feed, params, address, session } = this.#options;
    if (frame.type === 'ping') this.#pong();
    else if (frame.type === 'auth') void this.#refresh(frame);
    else if (session?.isOver()) this.end(CLOSE.unauthorized, EXPIRED);
    else return feed.receive?.(frame, { params, address, principal: session?.principal }) ?? false;
    return true;
  }

  /** A token that is not good ends the connection, as it would not have been let in with it. */
  async #refresh({ token }: ClientFrame): Promise<void> {
    const { session } = this.#options;
    if (!session) return;
    try {
      const refreshed = await session.refresh(typeof token === 'string' ? token : '');
      if (refreshed === 'changed') this.end(CLOSE.goingAway, 'the token allows something else: connect again');
    } catch (error) {
      this.end(closeCodeOf(error) ?? CLOSE.internalError, error instanceof Error ? error.message : '');
    }
  }

  #pong(): void {
    // A client that doesn't read gets one pong when it does, however often it asked.
    this.#owesPong = this.#isFull;
    if (this.#isFull) return;
    const timestamp = new Date(this.#options.context.clock.now()).toISOString();
    this.#send(JSON.stringify({ type: 'pong', timestamp }));
  }

  #release(): void {
    this.#open?.close();
    this.#open = undefined;
    this.#options.context.sweeper.delete(this);
    this.#options.onClosed(this);
  }
}

/** A frame that isn't JSON, or of a type nobody knows, is no reason to close (specs/004). */
function clientFrame(text: string): ClientFrame | undefined {
  try {
    const frame: unknown = JSON.parse(text);
    const isFrame = typeof frame === 'object' && frame !== null && 'type' in frame && typeof frame.type === 'string';
    return isFrame ? (frame as ClientFrame) : undefined;
  } catch {
    return undefined;
  }
}
