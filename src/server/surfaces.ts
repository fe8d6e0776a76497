import type { Surface } from '../engine/surface.ts';

/** Every surface, one line each. Its projection stands in `projections.ts`. */
export const surfaces: readonly Surface[] = [];
