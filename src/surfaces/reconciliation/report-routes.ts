import type { Hono } from 'hono';
import { readJsonObject } from '../../engine/http/read-json.ts';
import type { SurfaceContext } from '../../engine/surface.ts';
import type { ReportAccepted } from './events.ts';
import { Reconciler } from './reconciler.ts';
import { parseReport } from './report.ts';

/** `POST /reconciliation/reports`: one side of a service; answered once the comparison is committed. */
export function addReportRoutes(routes: Hono, surface: SurfaceContext): void {
  const reconciler = new Reconciler(surface);
  routes.post('/reconciliation/reports', async (context) => {
    const report = parseReport(await readJsonObject(context.req.raw, surface.limits.maxBytes));
    const { seq, update } = await reconciler.report(report);
    return context.json({ eventId: String(seq), status: update.status } satisfies ReportAccepted, 202);
  });
}
