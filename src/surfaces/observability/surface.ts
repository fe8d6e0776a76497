import { Hono } from 'hono';
import type { Surface } from '../../engine/surface.ts';
import { streamFeed } from './feed.ts';
import { addHookRoutes } from './hook-routes.ts';
import { addIngestRoutes } from './ingest-routes.ts';
import { addReadRoutes } from './read-routes.ts';
import { eventsCheck } from './self-check.ts';

/** What every agent is doing, live (specs/004). */
export const observability: Surface = {
  name: 'observability',
  feeds: [streamFeed],
  ingestPaths: ['/events', '/hooks/claude-code'],
  selfChecks: [eventsCheck],
  routes(context) {
    const routes = new Hono();
    addIngestRoutes(routes, context);
    addHookRoutes(routes, context);
    addReadRoutes(routes, context);
    return routes;
  },
};
