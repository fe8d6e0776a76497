import * as z from 'zod/mini';

const MAX_WORD = 500;
const word = z.catch(z.optional(z.string().check(z.minLength(1), z.maxLength(MAX_WORD))), undefined);
const time = z.catch(z.optional(z.string().check(z.refine((text) => !Number.isNaN(Date.parse(text))))), undefined);

export const OUTCOMES = ['success', 'failure', 'denied'] as const;

/** The page's URL: its filters by the names of `GET /api/v1/audit`. */
export const auditSearchSchema = z.object({
  actor: word,
  action: word,
  resource_type: word,
  resource_id: word,
  outcome: z.catch(z.optional(z.enum(OUTCOMES)), undefined),
  /** ISO 8601; both included. */
  from: time,
  to: time,
});
export type AuditSearch = z.infer<typeof auditSearchSchema>;

const WORDS = ['actor', 'action', 'resource_type', 'resource_id', 'outcome'] as const satisfies (keyof AuditSearch)[];
const TIMES = ['from', 'to'] as const satisfies (keyof AuditSearch)[];

export const NO_FILTERS: Readonly<Record<keyof AuditSearch, undefined>> = {
  actor: undefined,
  action: undefined,
  resource_type: undefined,
  resource_id: undefined,
  outcome: undefined,
  from: undefined,
  to: undefined,
};

export function isFiltered(search: AuditSearch): boolean {
  return [...WORDS, ...TIMES].some((name) => search[name] !== undefined);
}

/** The query of `GET /api/v1/audit`. */
export function auditQuery(search: AuditSearch, more: Readonly<Record<string, string>> = {}): string {
  return queryOf(search, [...WORDS, ...TIMES], more);
}

/** The query of `/ws/audit`, which knows no times: what is live is of now. */
export function feedQuery(search: AuditSearch): string {
  return queryOf(search, WORDS, {});
}

/** Whether an entry of the feed lies within the times that the filters give. */
export function isWithin({ from, to }: AuditSearch, at: string): boolean {
  const moment = Date.parse(at);
  return (from === undefined || moment >= Date.parse(from)) && (to === undefined || moment <= Date.parse(to));
}

function queryOf(
  search: AuditSearch,
  names: readonly (keyof AuditSearch)[],
  more: Readonly<Record<string, string>>,
): string {
  const query = new URLSearchParams(more);
  for (const name of names) {
    const value = search[name];
    if (value !== undefined) query.set(name, value);
  }
  return query.toString();
}
