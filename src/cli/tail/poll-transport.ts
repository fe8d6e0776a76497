import * as z from 'zod';
import { pageSchema, resetReasonSchema, type ServerFrame } from '../../protocol/frames.ts';
import { type TransportRequest, throwForStatus, withCursor } from './feed-transport.ts';

/** How long the server may hold back an empty page. */
const WAIT_S = 20;

const goneSchema = z.object({
  error: z.object({ code: resetReasonSchema, details: z.object({ cursor: z.string() }) }),
});

/** The feed by long polls: every page is a batch, and an empty one a heartbeat. */
export async function* pollTransport({ url, cursor, signal }: TransportRequest): AsyncGenerator<ServerFrame> {
  let position = cursor;
  let hasGreeted = false;
  for (;;) {
    const full = withCursor(url, position);
    // The first page tells where the feed begins and must not wait for an event to do so.
    full.searchParams.set('wait', hasGreeted ? String(WAIT_S) : '0');
    const response = await fetch(full, { headers: { accept: 'application/json' }, signal });
    if (response.status === 410) {
      const { error } = goneSchema.parse(await response.json());
      position = error.details.cursor;
      if (!hasGreeted) yield hello(position, url);
      hasGreeted = true;
      yield { type: 'reset', reason: error.code, cursor: position };
      continue;
    }
    await throwForStatus(response);
    const page = pageSchema.parse(await response.json());
    if (!hasGreeted) yield hello(page.from, url);
    hasGreeted = true;
    position = page.cursor;
    if (page.events.length > 0) yield { type: 'batch', from: page.from, to: page.cursor, events: page.events };
    else yield { type: 'heartbeat', cursor: page.cursor, at: new Date().toISOString() };
  }
}

function hello(cursor: string, url: string): ServerFrame {
  return { type: 'hello', cursor, feed: new URL(url).pathname, heartbeatMs: WAIT_S * 1_000 };
}
