import * as z from 'zod/mini';
import type { Summary } from './summary.ts';

const sortSchema = z.enum(['messages', 'activity', 'name']);
export type SummarySort = z.infer<typeof sortSchema>;
export type SortOrder = 'asc' | 'desc';

/** The URL of `/channels` and `/users`. */
export const summarySearchSchema = z.object({
  sort: z.catch(z.optional(sortSchema), undefined),
  order: z.catch(z.optional(z.enum(['asc', 'desc'])), undefined),
  q: z.catch(z.optional(z.string().check(z.minLength(1), z.maxLength(200))), undefined),
});
export type SummarySearch = z.infer<typeof summarySearchSchema>;

/** What is asked of the server and shown: nothing left open. */
export interface SummaryQuery {
  readonly sort: SummarySort;
  readonly order: SortOrder;
  readonly q: string;
}

/** How a column is sorted when it is chosen first: the most, the newest, the first letter. */
export const FIRST_ORDER: Record<SummarySort, SortOrder> = { messages: 'desc', activity: 'desc', name: 'asc' };

export function summaryQuery({ sort = 'messages', order, q = '' }: SummarySearch): SummaryQuery {
  return { sort, order: order ?? FIRST_ORDER[sort], q };
}

/** The URL after a click on a column's head; what goes without saying is left out. */
export function searchAfterSort(search: SummarySearch, sort: SummarySort): SummarySearch {
  const now = summaryQuery(search);
  const turned = now.order === 'asc' ? 'desc' : 'asc';
  const order = now.sort === sort ? turned : FIRST_ORDER[sort];
  return {
    ...search,
    sort: sort === 'messages' ? undefined : sort,
    order: order === FIRST_ORDER[sort] ? undefined : order,
  };
}

/** Whether a row belongs into a list that the server searched. */
export function matchesName({ name }: Summary, q: string): boolean {
  return q === '' || lowerAscii(name).includes(lowerAscii(q));
}

/** As SQLite compares without regard to case: other letters keep theirs. */
function lowerAscii(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** The order of a list; names settle what is equal otherwise. */
export function compareSummaries(query: SummaryQuery): (a: Summary, b: Summary) => number {
  const compareValues = compareSortValues(query);
  const sign = query.sort === 'name' && query.order === 'desc' ? -1 : 1;
  return (a, b) => compareValues(a, b) || sign * compareText(a.name, b.name);
}

/** By what the list is sorted by alone: zero for rows that may stand in either order. */
export function compareSortValues({ sort, order }: SummaryQuery): (a: Summary, b: Summary) => number {
  const sign = order === 'asc' ? 1 : -1;
  switch (sort) {
    case 'messages':
      return (a, b) => sign * (a.messageCount - b.messageCount);
    case 'activity':
      return (a, b) => sign * ((a.lastMessageAt ?? -1) - (b.lastMessageAt ?? -1));
    case 'name':
      return (a, b) => sign * compareText(lowerAscii(a.name), lowerAscii(b.name));
    default:
      return sort satisfies never;
  }
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
