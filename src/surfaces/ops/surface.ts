import { Hono } from 'hono';
import type { Surface } from '../../engine/surface.ts';
import { Alerts, type AlertsOptions } from './alerts/alerts.ts';
import type { OpsConnectors } from './connectors.ts';
import { opsFeed } from './feed.ts';
import { addIngestionRoutes, restoreGate } from './ingestion/routes.ts';
import { KpiMeter } from './kpis/kpi-meter.ts';
import { addStateRoute } from './state.ts';
import { addTimelineRoute } from './timeline/routes.ts';

export interface OpsSurfaceOptions {
  readonly connectors: OpsConnectors;
  readonly alerts: AlertsOptions;
}

/** The command center: how Millrace itself is doing, and what somebody can do about it (specs/000). */
export function createOpsSurface({ connectors, alerts: alertsOptions }: OpsSurfaceOptions): Surface {
  const alerts = new Alerts(alertsOptions);
  let meter: KpiMeter | undefined;
  const opened = () => {
    if (!meter) throw new Error('the surface has no routes yet');
    return meter;
  };
  return {
    name: 'ops',
    feeds: [opsFeed({ connectors: connectors.rows, measure: () => opened().measure() })],
    routes(context) {
      meter = new KpiMeter(context);
      const routes = new Hono();
      addIngestionRoutes(routes, context);
      addTimelineRoute(routes, context);
      alerts.addRoutes(routes, context);
      addStateRoute(routes, { context, meter, connectors });
      return routes;
    },
    async prepare(context) {
      await restoreGate(context);
      await opened().load();
    },
    start(context) {
      const owned = new AsyncDisposableStack();
      owned.use(opened()).follow();
      owned.use(alerts.watch(context));
      return owned;
    },
  };
}
