import type { Hono } from 'hono';
import { bodyFormat } from '../../engine/http/body-format.ts';
import { parseItems } from '../../engine/http/parse-items.ts';
import { decodeUtf8, readBody } from '../../engine/http/read-body.ts';
import type { AppendResult, NewEvent } from '../../engine/log/log.ts';
import type { SurfaceContext } from '../../engine/surface.ts';
import { formatCursor } from '../../protocol/cursor.ts';
import { MillraceError } from '../../protocol/errors.ts';
import type { MessagesAccepted } from './events.ts';
import { shownId, toLogEvent } from './message-body.ts';
import { parseMessage } from './parse-message.ts';

/** `POST /api/messages`: one message, an array, or NDJSON; all of it is stored, or nothing. */
export function addIngestRoutes(routes: Hono, { log, clock, limits }: SurfaceContext): void {
  routes.post('/api/messages', async (context) => {
    const format = bodyFormat(context.req.raw.headers);
    log.assertRoom();
    const bytes = await readBody(context.req.raw, limits.maxBytes);
    // Many may have been read at the same time: parsing is the dear part.
    log.assertRoom();
    const parsed = parseItems(decodeUtf8(bytes), format, parseMessage);
    const given = parsed.kind === 'batch' ? parsed.items : [parsed.item];
    const now = new Date(clock.now()).toISOString();
    const { records, repeated } = await append(
      log,
      given.map((message) => toLogEvent({ ...message, sent_at: message.sent_at ?? now }, message)),
    );
    const { epoch } = log;
    const last = records.reduce((newest, record) => (record.seq > newest.seq ? record : newest));
    const answer: MessagesAccepted = {
      ids: records.map(shownId),
      accepted: records.length,
      repeated,
      cursor: formatCursor({ epoch, seq: last.seq, tag: last.tag }),
    };
    return context.json(answer, 201);
  });
}

async function append(log: SurfaceContext['log'], events: readonly NewEvent[]): Promise<AppendResult> {
  try {
    return await log.append(events);
  } catch (error) {
    const isConflict = error instanceof MillraceError && error.code === 'idempotency_conflict';
    if (!isConflict) throw error;
    throw new MillraceError('idempotency_conflict', 'an id belongs to another message', { cause: error });
  }
}
