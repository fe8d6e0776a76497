import { Hono } from 'hono';
import type { FeedDefinition } from '../../engine/feed.ts';
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
import { receiveCancelFrame } from './runs/cancel-frame.ts';
import { ProposalRuns, type ProposalRunsOptions } from './runs/proposal-runs.ts';
import { addRunRoutes } from './runs/run-routes.ts';
import { storedRuns } from './runs/stored-runs.ts';
import type { SurfaceParts } from './surface-parts.ts';
import { DiskWatch } from './workspace/disk-watch.ts';
import { Workspace } from './workspace.ts';

export interface ProposalsSurfaceOptions {
  /** Folder whose children with an `openspec/` folder are projects, as a real path; undefined for none. */
  readonly projectsRoot: string | undefined;
  /** Validator, model and limits. Default: the bundled validator and no model. */
  readonly runs?: Omit<ProposalRunsOptions, 'context' | 'workspace'>;
}

/** Projects, their proposals, and the people who work on them (specs/002). */
export function createProposalsSurface({ projectsRoot, runs: runOptions }: ProposalsSurfaceOptions): Surface {
  let opened: (SurfaceParts & { readonly runs: ProposalRuns }) | undefined;
  const parts = () => {
    if (!opened) throw new Error('the surface has no routes yet');
    return opened;
  };
  const withCancelling = (feed: FeedDefinition): FeedDefinition => ({
    ...feed,
    receive: (frame, sender) => receiveCancelFrame({ ...parts(), ...runnersOf(parts().runs) }, frame, sender),
  });
  return {
    name: 'proposals',
    feeds: [projectFeed(parts), proposalFeed(parts)].map(withCancelling).concat(auditFeed),
    routes(context) {
      const workspace = new Workspace(context, projectsRoot);
      const reads = new ProposalReads({ context, workspace, runs: storedRuns });
      const runs = new ProposalRuns({ context, workspace, ...runOptions });
      opened = { context, workspace, reads, audience: new Audience(context), runs };
      const routes = new Hono();
      addProjectRoutes(routes, opened);
      addFileRoutes(routes, opened);
      addReviewRoutes(routes, opened);
      addLockRoutes(routes, opened);
      addAuditRoutes(routes, context);
      addRunRoutes(routes, { ...opened, ...runnersOf(runs) });
      return routes;
    },
    start(context) {
      const { workspace, audience, runs } = parts();
      const owned = new AsyncDisposableStack();
      owned.use(audience);
      owned.use(runs);
      owned.use(new LockWatch(context));
      owned.use(new DiskWatch(context, workspace));
      return owned;
    },
  };
}

function runnersOf({ validations, iterations }: ProposalRuns) {
  return { validations, iterations };
}
