import type { Hono } from 'hono';
import * as z from 'zod';
import { invalidRequest, issuesOf } from '../../../engine/http/issues.ts';
import { assertRealJson, readJsonObject } from '../../../engine/http/read-json.ts';
import { adminOf, auditOf } from '../../../engine/http/request-bindings.ts';
import type { SurfaceContext } from '../../../engine/surface.ts';
import { type Cursor, formatCursor } from '../../../protocol/cursor.ts';
import type { Ingestion, IngestionState } from '../events.ts';
import { ingestionEvent } from '../records.ts';
import { readTogether } from '../stored.ts';
import { storedIngestion } from './projection.ts';

const PATH = '/api/ops/ingestion';
const MAX_BODY_BYTES = 1_024;

const changeSchema = z.strictObject({ mode: z.enum(['running', 'paused']) });

/** Whether events are taken in: everybody may see it, admins decide it. */
export function addIngestionRoutes(routes: Hono, context: SurfaceContext): void {
  const { log, turns, ingestGate } = context;

  routes.get(PATH, async (request) => {
    const { cursor, ingestion } = await readIngestion(context);
    request.header('cache-control', 'no-store');
    return request.json(stateOf(ingestion, cursor));
  });

  routes.put(PATH, async (request) => {
    const about = { action: 'ingestion.changed', resource_type: 'ingestion', resource_id: 'all' };
    auditOf(request).describe(about);
    const principal = await adminOf(request);
    auditOf(request).by(principal.sub);
    const body = await readJsonObject(request.req.raw, MAX_BODY_BYTES);
    const parsed = changeSchema.safeParse(body.value, { reportInput: true });
    if (!parsed.success) throw invalidRequest(issuesOf(parsed.error));
    assertRealJson(body);
    const { mode } = parsed.data;
    return turns.take('ops ingestion', async () => {
      const { cursor, ingestion: before } = await readIngestion(context);
      if (before.mode === mode) return request.json(stateOf(before, cursor));
      const { records } = await log.append([
        ingestionEvent({ mode, by: principal.sub }),
        auditOf(request).success({ ...about, before: { mode: before.mode }, after: { mode } }),
      ]);
      ingestGate.set(mode === 'running');
      const [changed, audited] = records;
      const since = new Date(changed?.at ?? context.clock.now()).toISOString();
      const head = audited ? { epoch: log.epoch, seq: audited.seq, tag: audited.tag } : log.head();
      return request.json(stateOf({ mode, by: principal.sub, since }, head));
    });
  });
}

/** Shuts the gate where the log says that ingestion is paused. */
export async function restoreGate(context: SurfaceContext): Promise<void> {
  const { ingestion } = await readIngestion(context);
  context.ingestGate.set(ingestion.mode === 'running');
}

async function readIngestion({ snapshots }: Pick<SurfaceContext, 'snapshots'>) {
  const { cursor, values } = await readTogether(snapshots, { ingestion: storedIngestion });
  return { cursor, ingestion: values.ingestion };
}

function stateOf(ingestion: Ingestion, cursor: Cursor): IngestionState {
  return { ...ingestion, cursor: formatCursor(cursor) };
}
