import type { Surface } from '../engine/surface.ts';
import { createMessagesSurface } from '../surfaces/messages/surface.ts';
import { observability } from '../surfaces/observability/surface.ts';
import { createProposalsSurface } from '../surfaces/proposals/surface.ts';
import { reconciliation } from '../surfaces/reconciliation/surface.ts';
import type { Config } from './config.ts';

/** Every surface, one line each. Its projection stands in `projections.ts`. */
export function createSurfaces(config: Pick<Config, 'irc' | 'projectsRoot'>): readonly Surface[] {
  return [
    observability,
    reconciliation,
    createMessagesSurface({ irc: config.irc }),
    createProposalsSurface({ projectsRoot: config.projectsRoot }),
  ];
}
