import type { Hono } from 'hono';
import type { Clock } from '../../engine/clock.ts';
import { decodeUtf8, readBody } from '../../engine/http/read-body.ts';
import type { SurfaceContext } from '../../engine/surface.ts';
import { MillraceError } from '../../protocol/errors.ts';
import { claudeCodeHookEvent } from './claude-code-hook.ts';
import { toLogEvent } from './ingest-routes.ts';
import { refuse } from './refusal.ts';

/** The agent waits for the answer; after this time it gets it although the commit is still under way. */
export const HOOK_ANSWER_MS = 80;

/**
 * `POST /hooks/claude-code`: takes any content type, because `curl -d @-` names a wrong one. The answer is an empty
 * object, which to Claude Code means "no opinion"; an error status is shown to its user and blocks nothing either.
 */
export function addHookRoutes(routes: Hono, { log, clock, metrics, limits, logger }: SurfaceContext): void {
  routes.post('/hooks/claude-code', async (context) => {
    try {
      const text = decodeUtf8(await readBody(context.req.raw, limits.maxBytes));
      const event = claudeCodeHookEvent(parsePayload(text), {
        sourceApp: context.req.query('source_app'),
        now: clock.now(),
      });
      const outcome = log.append([toLogEvent(event)]).then(
        () => undefined,
        (error: unknown) => ({ error }),
      );
      const settled = await withinMs(clock, HOOK_ANSWER_MS, outcome);
      if (settled.isLate) {
        void outcome.then((failure) => {
          if (!failure) return;
          metrics.rejects.inc({ reason: 'hook_lost_after_answer' });
          logger.warn({ err: failure.error }, 'a hook event was lost after its answer');
        });
      } else if (settled.value) {
        throw settled.value.error;
      }
      return context.body('{}', 200, { 'content-type': 'application/json' });
    } catch (error) {
      return refuse(metrics, error);
    }
  });
}

type Settled<Value> = { readonly isLate: false; readonly value: Value } | { readonly isLate: true };

async function withinMs<Value>(clock: Clock, delayMs: number, promise: Promise<Value>): Promise<Settled<Value>> {
  let cancel = () => {};
  const late = new Promise<Settled<Value>>((resolve) => {
    cancel = clock.schedule(delayMs, () => resolve({ isLate: true }));
  });
  try {
    return await Promise.race([promise.then((value) => ({ isLate: false, value }) as const), late]);
  } finally {
    cancel();
  }
}

function parsePayload(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new MillraceError('invalid_request', 'invalid JSON', { cause });
  }
}
