import { type Cursor, formatCursor } from '../protocol/cursor.ts';
import { encodeSse } from '../protocol/sse.ts';
import type { EventView } from './feed.ts';
import type { LogRecord } from './log/log.ts';

export interface EncodedEvent {
  readonly position: Cursor;
  readonly eventType: string;
  /** The message as JSON text. */
  readonly text: string;
}

/** Told of a record that its view could not encode. */
export type SkipRecord = (record: LogRecord, error: unknown) => void;

export interface EncodeOptions {
  readonly view: EventView;
  readonly from: Cursor;
  readonly records: readonly LogRecord[];
  readonly skip: SkipRecord;
}

/** Characters of one batch, at most; a single larger event still goes. Bounds what waits in a socket's buffer. */
const MAX_CHARACTERS = 64 * 1024;
const encoder = new TextEncoder();

/** What a feed shows between two positions, encoded at most once per transport for however many readers. */
export class Batch {
  readonly from: Cursor;
  /** Read up to here, events that the feed doesn't show included. */
  readonly to: Cursor;
  readonly events: readonly EncodedEvent[];
  /** False when the batch ended because of its size: more is there. */
  readonly isWhole: boolean;
  #v1: string | undefined;
  #v1Rest: string | undefined;
  #sse: Uint8Array | undefined;

  constructor(from: Cursor, to: Cursor, events: readonly EncodedEvent[], isWhole = true) {
    this.from = from;
    this.to = to;
    this.events = events;
    this.isWhole = isWhole;
  }

  /** A record that the view cannot encode is told to `skip` and left out. */
  static encode({ view, from, records, skip }: EncodeOptions): Batch {
    const events: EncodedEvent[] = [];
    let to = from;
    let characters = 0;
    for (const record of records) {
      const position = { epoch: from.epoch, seq: record.seq, tag: record.tag };
      const event = encodeEvent(view, position, record, skip);
      if (event) {
        characters += event.text.length;
        if (events.length > 0 && characters > MAX_CHARACTERS) return new Batch(from, to, events, false);
        events.push(event);
      }
      to = position;
    }
    return new Batch(from, to, events);
  }

  /**
   * One `millrace.v1` frame. `from` is the position the client was told last: this batch's own, or an earlier one after
   * which the feed showed nothing, so that the client finds no gap where none is.
   */
  v1(from: Cursor): string {
    if (from.seq !== this.from.seq) return this.#v1After(from);
    this.#v1 ??= this.#v1After(from);
    return this.#v1;
  }

  #v1After(from: Cursor): string {
    this.#v1Rest ??= `"to":"${formatCursor(this.to)}","events":[${this.events.map(({ text }) => text).join(',')}]}`;
    return `{"type":"batch","from":"${formatCursor(from)}",${this.#v1Rest}`;
  }

  /** All events as SSE; empty when the feed shows none of them. */
  get sse(): Uint8Array {
    this.#sse ??= encoder.encode(
      this.events
        .map(({ position, eventType, text }) => encodeSse({ event: eventType, id: formatCursor(position), data: text }))
        .join(''),
    );
    return this.#sse;
  }
}

function encodeEvent(view: EventView, position: Cursor, record: LogRecord, skip: SkipRecord): EncodedEvent | undefined {
  try {
    if (!view.includes(record)) return undefined;
    return { position, eventType: view.eventType(record), text: view.encode(record, formatCursor(position)) };
  } catch (error) {
    skip(record, error);
    return undefined;
  }
}
