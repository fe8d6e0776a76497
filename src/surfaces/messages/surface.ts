import { Hono } from 'hono';
import type { Surface } from '../../engine/surface.ts';
import { addConnectorRoutes } from './connectors/connector-routes.ts';
import { ConnectorSet } from './connectors/connector-set.ts';
import type { ConfiguredIrc } from './connectors/irc/irc-settings.ts';
import { addDeleteRoutes } from './delete-routes.ts';
import { liveFeed } from './feed.ts';
import { addIngestRoutes } from './ingest-routes.ts';
import { addReadRoutes } from './read-routes.ts';
import { channelsCheck, messagesCheck, usersCheck } from './self-checks.ts';

export interface MessagesSurfaceOptions {
  /** Connectors that are there for as long as the configuration names them (`MILLRACE_IRC`). */
  readonly irc: readonly ConfiguredIrc[];
}

/** Chat from wherever it comes: messages, channels and users, counted exactly (specs/003). */
export function createMessagesSurface({ irc }: MessagesSurfaceOptions): Surface {
  return {
    name: 'messages',
    feeds: [liveFeed],
    selfChecks: [messagesCheck, channelsCheck, usersCheck],
    ingestPaths: ['/api/messages'],
    routes(context) {
      const routes = new Hono();
      addIngestRoutes(routes, context);
      addReadRoutes(routes, context);
      addDeleteRoutes(routes, context);
      addConnectorRoutes(routes, context);
      return routes;
    },
    start: (context) => new ConnectorSet(context, { irc }),
  };
}
