import type { SelfCheck } from '../self-check.ts';
import type { Projection } from './projection.ts';

const HEAD = `coalesce((SELECT max(seq) FROM log), (SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'trimmed_seq'), 0)`;

/** Every projection must stand at the head of the log. */
export function positionCheck(projections: readonly Projection[]): SelfCheck {
  const names = JSON.stringify(projections.map(({ name }) => name));
  return {
    kind: 'whole',
    service: 'millrace/projections',
    expected: { sql: `SELECT value AS name, ${HEAD} AS value FROM json_each(?)`, params: [names] },
    actual: {
      sql: 'SELECT name, position AS value FROM projection WHERE name IN (SELECT value FROM json_each(?))',
      params: [names],
    },
  };
}
