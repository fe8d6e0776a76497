import type { Hono } from 'hono';
import { modelHindrance } from '../../engine/model/configured-model.ts';
import type { ModelSettings } from '../../engine/model/model-client.ts';
import type { SurfaceContext } from '../../engine/surface.ts';
import { formatCursor } from '../../protocol/cursor.ts';
import { storedAlerts } from './alerts/alert-queries.ts';
import { storedChat } from './chat/stored-chat.ts';
import type { OpsConnectors } from './connectors.ts';
import type { OpsState } from './events.ts';
import type { KpiMeter } from './kpis/kpi-meter.ts';
import { storedKpis } from './kpis/stored-kpis.ts';
import { readTogether } from './stored.ts';

export interface StateOptions {
  readonly context: SurfaceContext;
  readonly meter: KpiMeter;
  readonly connectors: OpsConnectors;
  /** The assistant's; undefined when none is configured. */
  readonly model: ModelSettings | undefined;
}

/** Everything that the page shows first, of one snapshot: the feed continues from its cursor without a gap. */
export async function readState({ context, meter, connectors, model }: StateOptions): Promise<OpsState> {
  const { cursor, values } = await readTogether(context.snapshots, {
    ...storedKpis(context.clock.now()),
    connectors: connectors.stored,
    shownAlerts: storedAlerts,
    chat: storedChat,
  });
  const hindrance = modelHindrance(model);
  return {
    kpis: meter.complete(values, cursor.seq),
    alerts: [...values.shownAlerts],
    connectors: [...values.connectors],
    chat: { is_configured: hindrance === undefined, hint: hindrance ?? null, messages: [...values.chat] },
    cursor: formatCursor(cursor),
  };
}

export function addStateRoute(routes: Hono, options: StateOptions): void {
  routes.get('/api/ops', async (context) => {
    context.header('cache-control', 'no-store');
    return context.json(await readState(options));
  });
}
