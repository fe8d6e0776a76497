import { Hono } from 'hono';
import type { ModelSettings } from '../../engine/model/model-client.ts';
import type { Surface } from '../../engine/surface.ts';
import { Alerts, type AlertsOptions } from './alerts/alerts.ts';
import { addChatRoutes } from './chat/chat-routes.ts';
import { ChatRunner } from './chat/chat-runner.ts';
import type { OpsConnectors } from './connectors.ts';
import { opsFeed } from './feed.ts';
import { addIngestionRoutes, restoreGate } from './ingestion/routes.ts';
import { KpiMeter } from './kpis/kpi-meter.ts';
import { onlyOperators } from './operators.ts';
import { addStateRoute, readState } from './state.ts';
import { addTimelineRoute } from './timeline/routes.ts';

export interface OpsSurfaceOptions {
  readonly connectors: OpsConnectors;
  readonly alerts: AlertsOptions;
  /** The assistant's; undefined when none is configured. */
  readonly model: ModelSettings | undefined;
  /** Whether whoever reads has to be known: then only those who may see every project do. */
  readonly isGuarded: boolean;
}

/** With what lies below them. */
const GUARDED_PATHS = ['/api/ops/*', '/api/alerts/*', '/ops/chat/*'];

/** The command center: how Millrace itself is doing, and what somebody can do about it (specs/000). */
export function createOpsSurface(options: OpsSurfaceOptions): Surface {
  const { connectors, alerts: alertsOptions, model, isGuarded } = options;
  const alerts = new Alerts(alertsOptions);
  let parts: { readonly meter: KpiMeter; readonly chat: ChatRunner } | undefined;
  const opened = () => {
    if (!parts) throw new Error('the surface has no routes yet');
    return parts;
  };
  return {
    name: 'ops',
    feeds: [opsFeed({ connectors: connectors.rows, measure: () => opened().meter.measure() })],
    routes(context) {
      const meter = new KpiMeter(context);
      const state = { context, meter, connectors, model };
      const chat = new ChatRunner({ ...context, model, readMaterial: () => readState(state) });
      parts = { meter, chat };
      const routes = new Hono();
      if (isGuarded) for (const path of GUARDED_PATHS) routes.use(path, onlyOperators);
      addIngestionRoutes(routes, context);
      addTimelineRoute(routes, context);
      alerts.addRoutes(routes, context);
      addStateRoute(routes, state);
      addChatRoutes(routes, context, chat);
      return routes;
    },
    async prepare(context) {
      await restoreGate(context);
      await opened().meter.load();
    },
    start(context) {
      const owned = new AsyncDisposableStack();
      const { meter, chat } = opened();
      owned.use(meter).follow();
      owned.use(alerts.watch(context));
      owned.use(chat);
      return owned;
    },
  };
}
