import type { Hono } from 'hono';
import * as z from 'zod';
import { parseQuery } from '../../../engine/http/parse-query.ts';
import { auditOf, principalOf } from '../../../engine/http/request-bindings.ts';
import type { SurfaceContext } from '../../../engine/surface.ts';
import { formatCursor } from '../../../protocol/cursor.ts';
import { MillraceError } from '../../../protocol/errors.ts';
import { type Alert, severitySchema } from '../events.ts';
import { type AlertFilter, type AlertRow, alertById, alertPage, alertsOfRows } from './alert-queries.ts';
import { ALERT_TURN } from './alert-writer.ts';
import { type AlertBody, acknowledgedEvent, alertOf } from './records.ts';

/** Most alerts of one page. */
const MAX_PAGE = 500;
const NO_STORE = { 'cache-control': 'no-store' };

const parametersSchema = z.strictObject({
  state: z.enum(['open', 'cleared', 'all'], 'must be open, cleared or all').default('open'),
  // An empty parameter is what a form sends for a filter that isn't set.
  severity: z.preprocess((text) => (text === '' ? undefined : text), z.enum(severitySchema.options).optional()),
  limit: z
    .string()
    .regex(/^\d{1,4}$/, 'must be a whole number')
    .transform(Number)
    .refine((limit) => limit >= 1 && limit <= MAX_PAGE, `must be 1 to ${MAX_PAGE}`)
    .default(50),
  before: z
    .string()
    .regex(/^\d{1,15}$/, 'must be a whole number')
    .transform(Number)
    .optional(),
  /** How somebody is known who can set no header. */
  token: z.string().optional(),
  ticket: z.string().optional(),
});

export interface AlertRoutesParts {
  readonly context: Pick<SurfaceContext, 'log' | 'snapshots' | 'clock' | 'turns'>;
  /** Open alerts that the log has not taken yet. */
  readonly unrecorded: () => readonly Alert[];
}

/** Alerts in pages, newest first, and that somebody has seen one. */
export function addAlertRoutes(routes: Hono, { context, unrecorded }: AlertRoutesParts): void {
  const { log, snapshots, clock, turns } = context;

  routes.get('/api/alerts', async (request) => {
    const { limit, state, severity, before } = parseQuery(parametersSchema, request);
    const filter: AlertFilter = { state, severity, before };
    // One more than is shown tells whether another page follows.
    const { cursor, results } = await snapshots.snapshot<[AlertRow]>([alertPage(filter, limit + 1)]);
    const rows = results[0].slice(0, limit);
    const answer = {
      alerts: [...(before === undefined ? notStored(filter) : []), ...alertsOfRows(rows)],
      cursor: formatCursor(cursor),
      before: results[0].length > limit ? (rows.at(-1)?.seq ?? null) : null,
    };
    return request.json(answer, 200, NO_STORE);
  });

  routes.post('/api/alerts/:id/acknowledge', async (request) => {
    const id = request.req.param('id');
    const about = { action: 'alert.acknowledged', resource_type: 'alert', resource_id: id };
    auditOf(request).describe(about);
    const { sub } = await principalOf(request);
    auditOf(request).by(sub);
    const alert = await turns.take(ALERT_TURN, async () => {
      const { results } = await snapshots.snapshot<[AlertRow]>([alertById(id)]);
      const [row] = results[0];
      if (!row) throw new MillraceError('not_found', 'there is no such alert');
      const before = JSON.parse(row.body) as AlertBody;
      if (before.acknowledged_at !== null) return alertOf(row.body);
      const acknowledgement = { acknowledged_at: new Date(clock.now()).toISOString(), acknowledged_by: sub };
      const body = { ...before, ...acknowledgement };
      const { code, cause } = before;
      await log.append([
        acknowledgedEvent(body),
        auditOf(request).success({ ...about, after: { code, cause, ...acknowledgement } }),
      ]);
      return alertOf(JSON.stringify(body));
    });
    return request.json(alert);
  });

  /** While the log takes no writes: that it doesn't is an alert, too. */
  function notStored({ state, severity }: AlertFilter): Alert[] {
    if (log.health().writable || state === 'cleared') return [];
    return unrecorded().filter((alert) => severity === undefined || alert.severity === severity);
  }
}
