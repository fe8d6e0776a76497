import * as z from 'zod';
import { type CursorInput, parseCursorInput } from '../../protocol/cursor.ts';
import { MillraceError } from '../../protocol/errors.ts';
import type { TransportName } from '../metrics.ts';

/** What a client asked of a feed, the same on every transport (CONTRACT, "Every feed"). */
export interface FeedRequest {
  readonly transport: TransportName;
  readonly cursor: CursorInput;
  /** Seconds a page may wait for its first event. Default 0. */
  readonly waitMs: number;
  /** Default: the transport's own. */
  readonly heartbeatMs: number | undefined;
  readonly query: URLSearchParams;
}

const waitSchema = z.coerce.number().min(0).max(30);
const heartbeatSchema = z.coerce.number().min(1).max(60);

/** Throws `invalid_request`, `invalid_cursor`, `method_not_allowed` or `not_acceptable`. */
export function parseFeedRequest(request: Request, url: URL): FeedRequest {
  if (request.method !== 'GET') throw new MillraceError('method_not_allowed', 'a feed is read with GET');
  const query = url.searchParams;
  return {
    transport: transportOf(request.headers),
    cursor: cursorOf(request.headers.get('last-event-id') ?? query.get('cursor')),
    waitMs: seconds(query, 'wait', waitSchema, 'a number from 0 to 30') ?? 0,
    heartbeatMs: seconds(query, 'heartbeat', heartbeatSchema, 'a number from 1 to 60'),
    query,
  };
}

function transportOf(headers: Headers): TransportName {
  if (headers.get('upgrade')?.toLowerCase() === 'websocket') {
    assertHandshake(headers);
    return 'websocket';
  }
  const accept = headers.get('accept') ?? '*/*';
  if (accept.includes('text/event-stream')) return 'sse';
  if (/application\/(json|\*)|\*\/\*/.test(accept)) return 'poll';
  throw new MillraceError('not_acceptable', 'a feed is text/event-stream, application/json or a WebSocket');
}

/** What RFC 6455, section 4.2.1, asks beside what the runtime looks at itself: bytes of a body would be read as frames. */
function assertHandshake(headers: Headers): void {
  const options = (headers.get('connection') ?? '').toLowerCase().split(',');
  if (!options.some((option) => option.trim() === 'upgrade')) {
    throw new MillraceError('invalid_request', 'a WebSocket handshake needs the header Connection: Upgrade');
  }
  if ((headers.get('content-length') ?? '0') !== '0' || headers.has('transfer-encoding')) {
    throw new MillraceError('invalid_request', 'a WebSocket handshake has no body');
  }
}

/** Without a cursor a feed starts now. */
function cursorOf(text: string | null): CursorInput {
  if (text === null || text === '') return 'latest';
  const cursor = parseCursorInput(text);
  if (!cursor) throw new MillraceError('invalid_cursor', 'the cursor is not one: give back what the feed gave');
  return cursor;
}

function seconds(query: URLSearchParams, name: string, schema: z.ZodType<number>, allowed: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  const parsed = text.trim() === '' ? undefined : schema.safeParse(text);
  if (!parsed?.success) throw new MillraceError('invalid_request', `${name} must be ${allowed}, in seconds`);
  return parsed.data * 1_000;
}
