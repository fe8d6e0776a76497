import { readJson } from '../../../react/read-json.ts';
import type { PreloadRequest } from '../../../ui/page-definition.ts';
import { type Deleted, deletedSchema, type History, type Metrics } from '../events.ts';
import { browserFetch, createMessagesApi } from './messages-api.ts';
import type { SummaryKind } from './summary-kind.ts';
import { LIST_LIMIT, type SummaryPage } from './summary-list.ts';
import type { SummaryQuery } from './summary-search.ts';

/** What the lists read and write. Each fails with a sentence a person understands. */
export interface SummaryApi {
  page(query: SummaryQuery, signal: AbortSignal): Promise<SummaryPage>;
  metrics(signal: AbortSignal): Promise<Metrics>;
}

export function summaryApi(kind: SummaryKind, fetch: PreloadRequest['fetch'] = browserFetch): SummaryApi {
  return {
    async page({ sort, order, q }, signal) {
      const query = new URLSearchParams({ sort, order, limit: String(LIST_LIMIT), ...(q !== '' && { q }) });
      const path = `${kind.apiPath}?${query}`;
      return kind.readPage(await readJson({ fetch }, { url: path, path, signal }));
    },
    metrics: createMessagesApi(fetch).metrics,
  };
}

/** Deletes a channel or a user. */
export async function deleteSummary(kind: SummaryKind, name: string, history: History): Promise<Deleted> {
  const path = `${kind.apiPath}/${encodeURIComponent(name)}?history=${history}`;
  const response = await fetch(path, { method: 'DELETE', headers: { accept: 'application/json' } });
  if (response.status === 404) throw new Error(`There is no ${kind.type} of this name any more.`);
  if (!response.ok) throw new Error(`The server answered ${response.status}; nothing was deleted.`);
  return deletedSchema.parse(await response.json());
}
