import { createHash } from 'node:crypto';
import type { Context, Hono } from 'hono';
import { bodyFormat } from '../../engine/http/body-format.ts';
import { decodeUtf8, readBody } from '../../engine/http/read-body.ts';
import type { AppendOptions, LogRecord, NewEvent } from '../../engine/log/log.ts';
import type { SurfaceContext } from '../../engine/surface.ts';
import { MillraceError } from '../../protocol/errors.ts';
import { type EventInput, encodeEventInput } from './event-input.ts';
import { eventJson } from './event-json.ts';
import { type BatchAccepted, OBSERVABILITY_CHANNEL, RECORDED } from './events.ts';
import { parseBody } from './parse-body.ts';
import { refuse } from './refusal.ts';

const JSON_HEADERS = { 'content-type': 'application/json' };
/** One token of visible ASCII, as the header's draft has it. */
const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,200}$/;

/** `POST /events`: one event, an array, NDJSON, or the shape of the widespread hook scripts. */
export function addIngestRoutes(routes: Hono, { log, clock, metrics, limits }: SurfaceContext): void {
  routes.post('/events', async (context) => {
    try {
      log.assertRoom();
      const format = bodyFormat(context.req.raw.headers);
      const key = idempotencyKey(context.req.header('idempotency-key'));
      const bytes = await readBody(context.req.raw, limits.maxBytes);
      // Many may have been read at the same time: parsing is the dear part.
      log.assertRoom();
      const body = parseBody(decodeUtf8(bytes), format, clock.now());
      const { records, repeated } = await log.append(body.events.map(toLogEvent), appendOptions(key, format, bytes));
      if (body.kind === 'batch') return answerBatch(context, records.at(-1), repeated || records.length);
      return answerSingle(context, records, body.shape === 'event' ? 201 : 200);
    } catch (error) {
      return refuse(metrics, error);
    }
  });
}

export function toLogEvent(event: EventInput): NewEvent {
  return { type: RECORDED, channel: OBSERVABILITY_CHANNEL, body: encodeEventInput(event) };
}

function answerSingle(context: Context, records: readonly LogRecord[], status: 200 | 201): Response {
  const [record] = records;
  if (!record) throw new Error('the log stored nothing');
  return context.body(eventJson(record), status, JSON_HEADERS);
}

/** A batch is stored in one go, so its last event and its size say all; of one that is repeated more may not be left. */
function answerBatch(context: Context, last: LogRecord | undefined, accepted: number): Response {
  if (!last) throw new Error('the log stored nothing');
  const answer: BatchAccepted = { accepted, first_id: last.seq - accepted + 1, last_id: last.seq };
  return context.body(JSON.stringify(answer), 201, JSON_HEADERS);
}

function idempotencyKey(header: string | undefined): string | undefined {
  if (header !== undefined && !IDEMPOTENCY_KEY.test(header)) {
    throw new MillraceError('invalid_request', 'Idempotency-Key must be 1 to 200 visible ASCII characters');
  }
  return header;
}

function appendOptions(key: string | undefined, format: string, bytes: Uint8Array): AppendOptions {
  if (key === undefined) return {};
  const digest = createHash('sha256').update(format).update('\n').update(bytes).digest('hex');
  return { idempotency: { key: `observability ${key}`, digest } };
}
