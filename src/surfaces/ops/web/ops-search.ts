import * as z from 'zod/mini';
import { TIMELINE_RANGES, type TimelineRange } from './timeline.ts';

/** The query of the page's URL: how far back its timeline goes. */
export const opsSearchSchema = z.object({ range: z.catch(z.optional(z.enum(TIMELINE_RANGES)), undefined) });

export const DEFAULT_RANGE: TimelineRange = '1h';

export function rangeOf(search: unknown): TimelineRange {
  return opsSearchSchema.parse(search).range ?? DEFAULT_RANGE;
}
