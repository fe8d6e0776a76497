import type { Context, Hono } from 'hono';
import * as z from 'zod';
import { parseQuery } from '../../engine/http/parse-query.ts';
import type { SurfaceContext } from '../../engine/surface.ts';
import { formatCursor } from '../../protocol/cursor.ts';
import { MillraceError } from '../../protocol/errors.ts';
import { type DeletionBody, deletionEvent } from './deletion.ts';
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

/** In turn: of two that delete the same name at once, the second finds that it is gone. */
function deleteName(
  { log, snapshots, turns }: SurfaceContext,
  kind: OwnerKind,
  deletion: DeletionBody,
): Promise<Deleted> {
  return turns.take(`messages ${kind} ${deletion.name}`, async () => {
    const { results } = await snapshots.snapshot<[unknown]>([
      { sql: `SELECT 1 FROM msg_${kind} WHERE name = ?`, params: [deletion.name] },
    ]);
    if (results[0].length === 0) throw new MillraceError('not_found', `there is no ${kind} with this name`);
    const { records } = await log.append([deletionEvent(kind, deletion)]);
    const [record] = records;
    if (!record) throw new Error('the log stored nothing');
    return { ...deletion, cursor: formatCursor({ epoch: log.epoch, seq: record.seq, tag: record.tag }) };
  });
}
