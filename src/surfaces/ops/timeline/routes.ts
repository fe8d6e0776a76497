import type { Hono } from 'hono';
import * as z from 'zod';
import { parseQuery } from '../../../engine/http/parse-query.ts';
import type { SurfaceContext } from '../../../engine/surface.ts';
import { formatCursor } from '../../../protocol/cursor.ts';
import type { Timeline, TimelineMinute } from '../events.ts';
import { MINUTE_MS } from '../kpis/activity-projection.ts';
import { readTogether, type Stored } from '../stored.ts';

const MINUTES = { '1h': 60, '6h': 6 * 60, '24h': 24 * 60 } as const;

const querySchema = z.object({ range: z.enum(['1h', '6h', '24h']).default('1h') });

/** How many events were committed in each minute of a range, and how many outcomes of them were failures. */
export function addTimelineRoute(routes: Hono, { snapshots, clock }: SurfaceContext): void {
  routes.get('/api/ops/timeline', async (context) => {
    const { range } = parseQuery(querySchema, context);
    const last = Math.floor(clock.now() / MINUTE_MS);
    const first = last - MINUTES[range] + 1;
    const { cursor, values } = await readTogether(snapshots, { minutes: storedMinutes({ first, last }) });
    context.header('cache-control', 'no-store');
    return context.json({ range, minutes: [...values.minutes], cursor: formatCursor(cursor) } satisfies Timeline);
  });
}

interface MinuteRow {
  readonly minute: number;
  readonly events: number;
  readonly failures: number;
}

/** Every minute of the range, those in which nothing happened included. */
function storedMinutes(range: { readonly first: number; readonly last: number }): Stored<readonly TimelineMinute[]> {
  const { first, last } = range;
  return {
    queries: [
      {
        sql: 'SELECT minute, events, failures FROM ops_minute WHERE minute BETWEEN ? AND ?',
        params: [first, last],
      },
    ],
    of([rows = []]) {
      const known = new Map((rows as readonly MinuteRow[]).map((row) => [row.minute, row]));
      return Array.from({ length: last - first + 1 }, (_, index) => {
        const { events = 0, failures = 0 } = known.get(first + index) ?? {};
        return { minute: new Date((first + index) * MINUTE_MS).toISOString(), events, failures };
      });
    },
  };
}
