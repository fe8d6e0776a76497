import type { RangeCheck } from '../../engine/self-check.ts';
import { RECORDED } from './events.ts';

/** Every recorded event of the log stands in the projection once, and the total that is shown counts them all. */
export const eventsCheck: RangeCheck = {
  kind: 'range',
  service: 'millrace/events',
  name: 'events',
  expected: `SELECT count(*) AS value FROM log WHERE seq > ? AND seq <= ? AND type = '${RECORDED}'`,
  actual: 'SELECT count(*) AS value FROM obs_event WHERE seq > ? AND seq <= ?',
  total: { sql: `SELECT 'total' AS name, coalesce(sum(events), 0) AS value FROM obs_count` },
};
