import type { Context } from 'hono';
import type * as z from 'zod';
import { invalidRequest, issuesOf } from './issues.ts';

/** The query parameters by a schema; throws `invalid_request` naming those that are wrong. */
export function parseQuery<Schema extends z.ZodType>(schema: Schema, context: Context): z.infer<Schema> {
  const result = schema.safeParse(context.req.query());
  if (result.success) return result.data;
  throw invalidRequest(issuesOf(result.error));
}
