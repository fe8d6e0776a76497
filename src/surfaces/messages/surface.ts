import { Hono } from 'hono';
import type { Surface } from '../../engine/surface.ts';
import { liveFeed } from './feed.ts';
import { addIngestRoutes } from './ingest-routes.ts';
import { addReadRoutes } from './read-routes.ts';

/** Chat from wherever it comes: messages, channels and users, counted exactly (specs/003). */
export const messages: Surface = {
  name: 'messages',
  feeds: [liveFeed],
  routes(context) {
    const routes = new Hono();
    addIngestRoutes(routes, context);
    addReadRoutes(routes, context);
    return routes;
  },
};
