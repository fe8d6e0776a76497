import { issueText } from '../../engine/http/issues.ts';
import { MillraceError } from '../../protocol/errors.ts';
import type { EventInput, ParsedInput } from './event-input.ts';
import { parseEventInput } from './parse-event.ts';

/** What a body of `POST /events` holds. */
export type ParsedBody =
  | { readonly kind: 'single'; readonly shape: 'event' | 'hook-script'; readonly events: readonly [EventInput] }
  | { readonly kind: 'batch'; readonly events: readonly EventInput[] };

export type BodyFormat = 'json' | 'ndjson';

const FORMATS: ReadonlyMap<string, BodyFormat> = new Map([
  ['application/json', 'json'],
  ['application/x-ndjson', 'ndjson'],
  ['application/ndjson', 'ndjson'],
  ['application/jsonl', 'ndjson'],
]);

/** Throws `unsupported_media_type` for anything but JSON and NDJSON that is sent as it is. */
export function bodyFormat(headers: Headers): BodyFormat {
  const type = headers.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const format = FORMATS.get(type);
  const encoding = headers.get('content-encoding')?.trim().toLowerCase() ?? 'identity';
  if (format === undefined || encoding !== 'identity') {
    throw new MillraceError('unsupported_media_type', 'send application/json or application/x-ndjson, not compressed', {
      details: { contentType: type, accepted: ['application/json', 'application/x-ndjson'] },
    });
  }
  return format;
}

/** Checks every event of the body; throws `invalid_request` naming the first bad line or index. */
export function parseBody(text: string, format: BodyFormat, now: number): ParsedBody {
  if (format === 'ndjson') return { kind: 'batch', events: notEmpty(parseLines(text, now)) };
  const value = parseJson(text, {});
  if (Array.isArray(value)) {
    const events = value.map((member: unknown, index) => eventOf(parseEventInput(member, now), { index }));
    return { kind: 'batch', events: notEmpty(events) };
  }
  const parsed = parseEventInput(value, now);
  const event = eventOf(parsed, {});
  return { kind: 'single', shape: parsed.ok ? parsed.shape : 'event', events: [event] };
}

/** Where in a batch something stands: lines count from 1 as editors do, indexes from 0 as arrays do. */
type Place = { readonly line?: number; readonly index?: number };

function parseLines(text: string, now: number): EventInput[] {
  const events: EventInput[] = [];
  let line = 1;
  for (let start = 0; start < text.length; line += 1) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    const content = text.slice(start, end);
    start = end + 1;
    if (content.trim() === '') continue;
    events.push(eventOf(parseEventInput(parseJson(content, { line }), now), { line }));
  }
  return events;
}

function parseJson(text: string, place: Place): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalid('invalid JSON', place, { cause });
  }
}

function eventOf(parsed: ParsedInput, place: Place): EventInput {
  if (parsed.ok) return parsed.event;
  const { issues } = parsed;
  throw invalid(issueText(issues), place, { issues });
}

function notEmpty(events: readonly EventInput[]): readonly EventInput[] {
  if (events.length === 0) throw new MillraceError('invalid_request', 'the batch is empty');
  return events;
}

function invalid(message: string, place: Place, found: { issues?: unknown; cause?: unknown }): MillraceError {
  const where =
    place.line === undefined ? (place.index === undefined ? '' : `index ${place.index}: `) : `line ${place.line}: `;
  const { issues = [{ path: '', message }], cause } = found;
  return new MillraceError('invalid_request', `${where}${message}`, { details: { ...place, issues }, cause });
}
