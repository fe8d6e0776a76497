import type { Alert } from '../events.ts';
import { titleOf } from './alert-title.ts';
import type { LiveOps } from './ops-state.ts';

/** One sentence on what was raised between two states; undefined where nothing was. */
export function announcementOf(before: LiveOps, after: LiveOps): string | undefined {
  const known = new Set(before.open.map(({ id }) => id));
  const raised = after.open.filter(({ id }) => !known.has(id));
  const [worst] = raised;
  if (!worst) return undefined;
  if (raised.length === 1) return `New ${words(worst)}.`;
  return `${raised.length} new alerts, the worst of them a ${words(worst)}.`;
}

function words(alert: Alert): string {
  return `${alert.severity} alert: ${titleOf(alert)}`;
}
