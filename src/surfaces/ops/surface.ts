import { Hono } from 'hono';
import type { Surface } from '../../engine/surface.ts';
import type { OpsConnectors } from './connectors.ts';
import { opsFeed } from './feed.ts';
import { KpiMeter } from './kpis/kpi-meter.ts';
import { addStateRoute } from './state.ts';

export interface OpsSurfaceOptions {
  readonly connectors: OpsConnectors;
}

/** The command center: how Millrace itself is doing, and what somebody can do about it (specs/000). */
export function createOpsSurface({ connectors }: OpsSurfaceOptions): Surface {
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
      addStateRoute(routes, { context, meter, connectors });
      return routes;
    },
    prepare: () => opened().open(),
    start() {
      const owned = new AsyncDisposableStack();
      owned.use(opened());
      return owned;
    },
  };
}
