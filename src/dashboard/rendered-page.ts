import * as z from 'zod/mini';

/** The element that holds, as JSON, what the page beside it was rendered from. */
export const RENDERED_ELEMENT = 'millrace-rendered';

/** What the browser has to know to render the same once more. */
export const renderedPageSchema = z.object({
  /** What the page counted as now; milliseconds since 1970. */
  at: z.number(),
  /** The time zone that its times are in. */
  timeZone: z.string(),
  /** Scheme, host and port that the page was asked for. */
  origin: z.string(),
  /** What the page's `preload` gave; nothing where it could not be loaded. */
  data: z.optional(z.unknown()),
});
export type RenderedPage = z.infer<typeof renderedPageSchema>;
