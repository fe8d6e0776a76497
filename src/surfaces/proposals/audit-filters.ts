import { AUDIT_OUTCOMES, type AuditEntry } from '../../engine/audit/audit-entry.ts';
import { invalidRequest } from '../../engine/http/issues.ts';

/** Members of an entry by whose equality the trail is filtered (PROMISES, security 6: never by an expression). */
export const AUDIT_FILTERS = [
  'actor',
  'action',
  'resource_type',
  'resource_id',
  'outcome',
] as const satisfies readonly (keyof AuditEntry)[];
export type AuditFilters = { readonly [Name in (typeof AUDIT_FILTERS)[number]]?: string };

const MAX_CHARACTERS = 500;

/** Throws `invalid_request` for a filter that is unknown, given twice or too long. */
export function parseAuditFilters(parameters: Iterable<readonly [string, string]>): AuditFilters {
  const filters: { -readonly [Name in keyof AuditFilters]: string } = {};
  for (const [path, value] of parameters) {
    const name = AUDIT_FILTERS.find((one) => one === path);
    if (!name) throw invalidRequest([{ path, message: `is no filter; these are: ${AUDIT_FILTERS.join(', ')}` }]);
    if (filters[name] !== undefined) throw invalidRequest([{ path, message: 'may be given once' }]);
    if (value.length > MAX_CHARACTERS)
      throw invalidRequest([{ path, message: `at most ${MAX_CHARACTERS} characters` }]);
    // An empty parameter is what a form sends for a filter that isn't set.
    if (value !== '') filters[name] = value;
  }
  if (filters.outcome !== undefined && !AUDIT_OUTCOMES.some((outcome) => outcome === filters.outcome)) {
    throw invalidRequest([{ path: 'outcome', message: `must be one of ${AUDIT_OUTCOMES.join(', ')}` }]);
  }
  return filters;
}
