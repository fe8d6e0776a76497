import { Hono } from 'hono';
import type { Surface } from '../../engine/surface.ts';
import { addClientErrorRoutes } from './client-error-routes.ts';
import { reconciliationFeed } from './feed.ts';
import { addReadRoutes } from './read-routes.ts';
import { Reconciler } from './reconciler.ts';
import { addReportRoutes } from './report-routes.ts';
import { SelfReconciliation } from './self-reconciliation.ts';
import { StalenessWatch } from './staleness-watch.ts';

/** Which services' numbers agree, which don't, which went stale (specs/001). */
export const reconciliation: Surface = {
  name: 'reconciliation',
  feeds: [reconciliationFeed],
  ingestPaths: ['/reconciliation/reports'],
  unauditedPaths: ['/audit/client-error'],
  routes(context) {
    const routes = new Hono();
    addReportRoutes(routes, context);
    addReadRoutes(routes, context);
    addClientErrorRoutes(routes, context);
    return routes;
  },
  start(context) {
    const reconciler = new Reconciler(context);
    const parts = new AsyncDisposableStack();
    parts.use(new StalenessWatch(context, reconciler));
    parts.use(new SelfReconciliation(context, reconciler));
    return parts;
  },
};
