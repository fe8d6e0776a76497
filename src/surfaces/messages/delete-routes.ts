import type { Context, Hono } from 'hono';
import * as z from 'zod';
import { parseQuery } from '../../engine/http/parse-query.ts';
import type { SurfaceContext } from '../../engine/surface.ts';
import { formatCursor } from '../../protocol/cursor.ts';
import { MillraceError } from '../../protocol/errors.ts';
import { type DeletionBody, deletionEvent, historyRemovedEvent } from './deletion.ts';
import { type Deleted, historySchema } from './events.ts';
import type { OwnerKind } from './owner-table.ts';

const parametersSchema = z.object({ history: z.optional(historySchema) });

/** `DELETE /api/channels/:name` and `DELETE /api/users/:name`: the name goes, its messages too if `?history=delete`. */
export function addDeleteRoutes(routes: Hono, surface: SurfaceContext): void {
  const answer = async (context: Context, kind: OwnerKind, name: string) => {
    const { history = 'keep' } = parseQuery(parametersSchema, context);
    return context.json(await deleteName(surface, kind, { name, history }));
  };
  routes.delete('/api/channels/:name', (context) => answer(context, 'channel', context.req.param('name')));
  routes.delete('/api/users/:name', (context) => answer(context, 'user', context.req.param('name')));
}

/** Messages of a history that are removed in one commit: everybody's appends wait for it. */
const STEP = 2_000;

/** In turn: of two that delete the same name at once, the second finds that it is gone. */
function deleteName(surface: SurfaceContext, kind: OwnerKind, deletion: DeletionBody): Promise<Deleted> {
  const { log, turns } = surface;
  return turns.take(`messages ${kind} ${deletion.name}`, async () => {
    const messages = await countMessages(surface, kind, deletion.name);
    if (messages === undefined) throw new MillraceError('not_found', `there is no ${kind} with this name`);
    if (deletion.history === 'delete') await removeInSteps(surface, kind, { name: deletion.name, messages });
    const { records } = await log.append([deletionEvent(kind, deletion)]);
    const [record] = records;
    if (!record) throw new Error('the log stored nothing');
    return { ...deletion, cursor: formatCursor({ epoch: log.epoch, seq: record.seq, tag: record.tag }) };
  });
}

async function countMessages(
  { snapshots }: SurfaceContext,
  kind: OwnerKind,
  name: string,
): Promise<number | undefined> {
  const { results } = await snapshots.snapshot<[{ messages: number }]>([
    { sql: `SELECT messages FROM msg_${kind} WHERE name = ?`, params: [name] },
  ]);
  return results[0][0]?.messages;
}

/** All but what the deletion itself removes. Oldest first; what is posted meanwhile doesn't prolong it. */
async function removeInSteps(
  { log, snapshots }: SurfaceContext,
  kind: OwnerKind,
  { name, messages }: { readonly name: string; readonly messages: number },
): Promise<void> {
  for (let left = messages; left > STEP; left -= STEP) {
    const { results } = await snapshots.snapshot<[{ seq: number }]>([
      {
        sql: `SELECT seq FROM msg_message INDEXED BY msg_message_by_${kind}
          WHERE ${kind} = (SELECT id FROM msg_${kind} WHERE name = ?) ORDER BY seq LIMIT 1 OFFSET ${STEP - 1}`,
        params: [name],
      },
    ]);
    const through = results[0][0]?.seq;
    if (through === undefined) return;
    await log.append([historyRemovedEvent({ kind, name, through })]);
  }
}
