import { MillraceError } from '../../../protocol/errors.ts';
import type { AppendResult } from '../log.ts';
import type { AppendRequest } from './writer.ts';

/** Events sent to the writer at once, at most; one larger request still goes as a whole. */
const GROUP_EVENTS = 2_048;
/** Groups the writer has at a time: it commits one while the other travels. */
const MAX_IN_FLIGHT = 2;
/** Once something was refused, nothing is asked for before the queue is down to this share of what it may hold. */
const ROOM_AGAIN_AT = 0.75;

interface Pending extends AppendRequest {
  readonly resolve: (result: AppendResult) => void;
  readonly reject: (error: MillraceError) => void;
}

export interface AppendQueueOptions {
  /** Events that may wait for the writer (`MILLRACE_INGEST_QUEUE`). */
  readonly maxEvents: number;
  /** Hands a group to the writer, which must answer every group once, in order. */
  readonly send: (requests: readonly AppendRequest[]) => void;
}

/** Collects the appends that arrive while the writer is busy, so that they share its next commit. */
export class AppendQueue {
  readonly #maxEvents: number;
  readonly #send: AppendQueueOptions['send'];
  readonly #waiting: Pending[] = [];
  readonly #inFlight: (readonly Pending[])[] = [];
  #events = 0;
  #isFlushScheduled = false;
  #hasRefused = false;
  #closedBy: MillraceError | undefined;
  #whenIdle: (() => void) | undefined;

  constructor({ maxEvents, send }: AppendQueueOptions) {
    this.#maxEvents = maxEvents;
    this.#send = send;
  }

  /** Events that were not answered yet. */
  get size(): number {
    return this.#events;
  }

  /**
   * Throws what {@link push} rejects with while there is hardly room: whoever asks before the work of making a request
   * leaves that work to those that are taken.
   */
  assertRoom(): void {
    if (this.#hasRefused && this.#events > this.#maxEvents * ROOM_AGAIN_AT) throw this.#tooMany();
  }

  push(request: AppendRequest): Promise<AppendResult> {
    if (this.#closedBy) return Promise.reject(this.#closedBy);
    const count = request.events.length;
    // A batch larger than the whole queue must still be possible while nothing else waits.
    if (this.#events > 0 && this.#events + count > this.#maxEvents) {
      this.#hasRefused = true;
      return Promise.reject(this.#tooMany());
    }
    this.#events += count;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ ...request, resolve, reject });
      this.#scheduleFlush();
    });
  }

  /** The requests that the writer answers next; their results go to `settle`. */
  oldestGroup(): readonly AppendRequest[] {
    return this.#inFlight[0] ?? [];
  }

  settle(results: readonly (AppendResult | MillraceError)[]): void {
    const group = this.#inFlight.shift() ?? [];
    for (const [index, pending] of group.entries()) {
      this.#events -= pending.events.length;
      const result = results[index] ?? new MillraceError('internal', 'the log writer gave no answer');
      if (result instanceof MillraceError) pending.reject(result);
      else pending.resolve(result);
    }
    if (this.#events <= this.#maxEvents * ROOM_AGAIN_AT) this.#hasRefused = false;
    this.#flush();
    if (this.#events === 0) this.#whenIdle?.();
  }

  /** Refuses new requests from now on; settles once those already taken are answered. */
  async close(reason: MillraceError): Promise<void> {
    this.#closedBy = reason;
    if (this.#events === 0) return;
    await new Promise<void>((resolve) => {
      this.#whenIdle = resolve;
    });
  }

  /** The writer is gone: nobody will answer any more. */
  abandon(error: MillraceError): void {
    this.#closedBy = error;
    for (const pending of [...this.#inFlight.flat(), ...this.#waiting]) pending.reject(error);
    this.#inFlight.length = 0;
    this.#waiting.length = 0;
    this.#events = 0;
    this.#whenIdle?.();
  }

  #tooMany(): MillraceError {
    const message = `${this.#events} events are waiting to be stored, ${this.#maxEvents} may`;
    return new MillraceError('too_many_requests', message, { retryAfterS: 1 });
  }

  /** Waits for the end of this tick, so that requests read from several sockets at once travel together. */
  #scheduleFlush(): void {
    if (this.#isFlushScheduled || this.#inFlight.length >= MAX_IN_FLIGHT) return;
    this.#isFlushScheduled = true;
    queueMicrotask(() => {
      this.#isFlushScheduled = false;
      this.#flush();
    });
  }

  #flush(): void {
    while (this.#waiting.length > 0 && this.#inFlight.length < MAX_IN_FLIGHT) {
      const group = this.#takeGroup();
      this.#inFlight.push(group);
      this.#send(group.map(({ events, idempotency }) => (idempotency ? { events, idempotency } : { events })));
    }
  }

  #takeGroup(): Pending[] {
    let events = 0;
    let count = 0;
    for (const pending of this.#waiting) {
      if (count > 0 && events + pending.events.length > GROUP_EVENTS) break;
      events += pending.events.length;
      count += 1;
    }
    return this.#waiting.splice(0, count);
  }
}
