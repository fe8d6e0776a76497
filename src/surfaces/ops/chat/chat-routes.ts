import type { Context, Hono } from 'hono';
import * as z from 'zod';
import { invalidRequest, issuesOf } from '../../../engine/http/issues.ts';
import { assertRealJson, readJsonObject } from '../../../engine/http/read-json.ts';
import { auditOf, knownPrincipalOf } from '../../../engine/http/request-bindings.ts';
import type { SurfaceContext } from '../../../engine/surface.ts';
import { CHAT_LIMITS } from '../events.ts';
import type { ChatActor } from './chat-answer.ts';
import type { ChatRunner } from './chat-runner.ts';

const questionSchema = z.strictObject({
  message: z.string().trim().min(1, 'is empty').max(CHAT_LIMITS.message),
});

/** `/ops/chat`: questions, their cancellation, and the end of a transcript. */
export function addChatRoutes(routes: Hono, { limits }: Pick<SurfaceContext, 'limits'>, chat: ChatRunner): void {
  routes.post('/ops/chat', async (request) => {
    const by = await actorOf(request, 'chat.asked');
    const message = await questionOf(request, limits.maxBytes);
    return request.json({ id: await chat.ask(message, by) }, 202);
  });

  routes.delete('/ops/chat/:id', async (request) => {
    const id = request.req.param('id');
    await chat.cancel(id, await actorOf(request, 'chat.cancelled'));
    return request.json({ id, status: 'cancelled' });
  });

  routes.delete('/ops/chat', async (request) => {
    await chat.clear(await actorOf(request, 'chat.cleared'));
    return request.json({ status: 'cleared' });
  });
}

/** Who does what, as the audit trail has it whether or not it comes to something. */
async function actorOf(request: Context, action: string): Promise<ChatActor> {
  const about = { action, resource_type: 'chat', resource_id: 'ops' };
  const audit = auditOf(request);
  audit.describe(about);
  const principal = await knownPrincipalOf(request);
  if (principal) audit.by(principal.sub);
  return {
    actor: principal?.sub ?? null,
    audited: (id) => audit.success(id === undefined ? about : { ...about, after: { answer_id: id } }),
  };
}

async function questionOf(request: Context, maxBytes: number): Promise<string> {
  const body = await readJsonObject(request.req.raw, maxBytes);
  const parsed = questionSchema.safeParse(body.value, { reportInput: true });
  if (!parsed.success) throw invalidRequest(issuesOf(parsed.error));
  assertRealJson(body);
  return parsed.data.message;
}
