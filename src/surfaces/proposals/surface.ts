import { Hono } from 'hono';
import type { Surface } from '../../engine/surface.ts';
import { Audience } from './audience.ts';
import { auditFeed } from './audit-feed.ts';
import { addAuditRoutes } from './audit-routes.ts';
import { projectFeed, proposalFeed } from './feeds.ts';
import { addFileRoutes } from './file-routes.ts';
import { addLockRoutes } from './lock-routes.ts';
import { LockWatch } from './lock-watch.ts';
import { addProjectRoutes } from './project-routes.ts';
import { ProposalReads } from './proposal-reads.ts';
import { addReviewRoutes } from './review-routes.ts';
import { noRuns } from './run-reads.ts';
import type { SurfaceParts } from './surface-parts.ts';
import { DiskWatch } from './workspace/disk-watch.ts';
import { Workspace } from './workspace.ts';

export interface ProposalsSurfaceOptions {
  /** Folder whose children with an `openspec/` folder are projects, as a real path; undefined for none. */
  readonly projectsRoot: string | undefined;
}

/** Projects, their proposals, and the people who work on them (specs/002). */
export function createProposalsSurface({ projectsRoot }: ProposalsSurfaceOptions): Surface {
  let opened: SurfaceParts | undefined;
  const parts = () => {
    if (!opened) throw new Error('the surface has no routes yet');
    return opened;
  };
  return {
    name: 'proposals',
    feeds: [projectFeed(parts), proposalFeed(parts), auditFeed],
    routes(context) {
      const workspace = new Workspace(context, projectsRoot);
      const reads = new ProposalReads({ context, workspace, runs: noRuns });
      opened = { context, workspace, reads, audience: new Audience(context) };
      const routes = new Hono();
      addProjectRoutes(routes, opened);
      addFileRoutes(routes, opened);
      addReviewRoutes(routes, opened);
      addLockRoutes(routes, opened);
      addAuditRoutes(routes, context);
      return routes;
    },
    start(context) {
      const { workspace, audience } = parts();
      const owned = new AsyncDisposableStack();
      owned.use(audience);
      owned.use(new LockWatch(context));
      owned.use(new DiskWatch(context, workspace));
      return owned;
    },
  };
}
