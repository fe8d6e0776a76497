import type { Surface } from '../engine/surface.ts';
import { messages } from '../surfaces/messages/surface.ts';
import { observability } from '../surfaces/observability/surface.ts';
import { reconciliation } from '../surfaces/reconciliation/surface.ts';

/** Every surface, one line each. Its projection stands in `projections.ts`. */
export const surfaces: readonly Surface[] = [observability, reconciliation, messages];
