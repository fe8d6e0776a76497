import type { Hono } from 'hono';
import * as z from 'zod';
import { ClientLimiter } from '../../engine/http/client-limiter.ts';
import { invalidRequest, issuesOf } from '../../engine/http/issues.ts';
import { assertRealJson, type JsonBody, readJsonObject } from '../../engine/http/read-json.ts';
import { clientAddress } from '../../engine/http/request-bindings.ts';
import type { SurfaceContext } from '../../engine/surface.ts';
import type { ClientErrorAccepted } from './events.ts';
import { CLIENT_ERROR_BYTES, CLIENT_ERROR_LIMITS } from './limits.ts';
import { type ClientErrorBody, clientErrorEvent } from './record.ts';

/** A page that fails again and again is heard ten times, then six times a minute. */
const PER_CLIENT = { perSecond: 0.1, burst: 10 };
const TOGETHER = { perSecond: 5, burst: 200 };

const { message, stack, url } = CLIENT_ERROR_LIMITS;

/** A browser names the URL of what failed, and a token or a ticket may stand in it: neither is kept. */
const SECRET = /eyJ[\w.-]*|(?<=[?&]ticket=)[\w-]+/g;

const cut = (cap: number) =>
  z.string('must be a string').transform((text) => text.replace(SECRET, '…').slice(0, cap).toWellFormed());
const optional = (cap: number) =>
  cut(cap)
    .nullish()
    .transform((text) => text ?? undefined);

const clientErrorSchema = z.object({
  message: cut(message).refine((text) => text.trim() !== '', 'must not be empty'),
  stack: optional(stack),
  componentStack: optional(stack),
  url: optional(url).transform((text) => text?.replace(/[?#].*$/s, '')),
});

/** `POST /audit/client-error`: one line in the server's log, one entry in the audit. */
export function addClientErrorRoutes(routes: Hono, { log, clock, logger, limits }: SurfaceContext): void {
  const limiter = new ClientLimiter({ clock, perClient: PER_CLIENT, together: TOGETHER });
  const maxBytes = Math.min(limits.maxBytes, CLIENT_ERROR_BYTES);
  routes.post('/audit/client-error', async (context) => {
    const address = clientAddress(context);
    limiter.take(address);
    const error = parseClientError(await readJsonObject(context.req.raw, maxBytes));
    const { records } = await log.append([clientErrorEvent(error)]);
    const [record] = records;
    if (!record) throw new Error('the log stored nothing');
    const eventId = String(record.seq);
    logger.warn({ eventId, address, url: error.url, clientError: error.message }, 'a dashboard met an error');
    return context.json({ eventId } satisfies ClientErrorAccepted, 202);
  });
}

function parseClientError(body: JsonBody): ClientErrorBody {
  const result = clientErrorSchema.safeParse(body.value);
  if (!result.success) throw invalidRequest(issuesOf(result.error));
  assertRealJson(body);
  const { message, stack, componentStack, url } = result.data;
  return {
    message,
    ...(stack === undefined ? {} : { stack }),
    ...(componentStack === undefined ? {} : { componentStack }),
    ...(url === undefined ? {} : { url }),
  };
}
