export interface SseEvent {
  readonly event: string;
  /** The cursor after this event; what `Last-Event-ID` will hold. */
  readonly id?: string;
  /** One line of JSON. */
  readonly data: string;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: to find them is its purpose
const CONTROL_CHARACTERS = /[\u0000-\u001f\u007f]/;
const LINE_BREAKS = /[\r\n]/;

/** Encodes one event; throws a RangeError where a field could break the framing (PROMISES, security 7). */
export function encodeSse({ event, id, data }: SseEvent): string {
  if (CONTROL_CHARACTERS.test(event) || CONTROL_CHARACTERS.test(id ?? '') || LINE_BREAKS.test(data)) {
    throw new RangeError('control character in an SSE field');
  }
  return `event: ${event}\n${id === undefined ? '' : `id: ${id}\n`}data: ${data}\n\n`;
}

/** Tells the client how long to wait before it reconnects. */
export function encodeSseRetry(delayMs: number): string {
  return `retry: ${Math.round(delayMs)}\n\n`;
}
