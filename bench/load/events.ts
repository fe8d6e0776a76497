import { postRequest } from './http-connection.ts';

const TYPES = ['PreToolUse', 'PostToolUse', 'Notification', 'UserPromptSubmit'] as const;
const MARKER_DIGITS = 9;
const MARKER = Buffer.from('"summary":"mark ');
const ZERO = 0x30;

/** The JSON of an event of about 330 bytes and so many more; `mark` is found again by {@link readMarks}. */
export function eventText(mark: number, paddingBytes = 0): string {
  return JSON.stringify({
    timestamp: new Date().toISOString(),
    source_app: `app-${mark % 5}`,
    event_type: TYPES[mark % TYPES.length],
    tool_name: 'mcp__sqlite__query',
    summary: `mark ${`${mark}`.padStart(MARKER_DIGITS, '0')}: reading the table of open orders`,
    session_id: `550e8400-e29b-41d4-a716-44665544000${mark % 10}`,
    metadata: `{"query":"SELECT * FROM orders WHERE state = 'open' ORDER BY created_at${' '.repeat(paddingBytes)}"}`,
  });
}

export function eventRequest(mark: number, paddingBytes = 0): Uint8Array {
  return postRequest('/events', 'application/json', eventText(mark, paddingBytes));
}

/** A request with `count` events that share one mark. */
export function batchRequest(mark: number, count: number): Uint8Array {
  return postRequest('/events', 'application/x-ndjson', `${eventText(mark)}\n`.repeat(count));
}

/** Calls `found` with the mark of every event whose text stands in these bytes. */
export function readMarks(bytes: Buffer, start: number, end: number, found: (mark: number) => void): void {
  for (let at = bytes.indexOf(MARKER, start); at >= 0 && at < end; at = bytes.indexOf(MARKER, at)) {
    at += MARKER.length;
    let mark = 0;
    for (let digit = 0; digit < MARKER_DIGITS; digit += 1) mark = mark * 10 + (bytes[at + digit] ?? ZERO) - ZERO;
    found(mark);
  }
}
