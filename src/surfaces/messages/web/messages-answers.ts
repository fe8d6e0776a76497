import { RequestError } from '../../../react/request-error.ts';
import type { MessagePage, Metrics } from '../events.ts';
import type { MessagesApi } from './messages-api.ts';
import type { MessagesSearch } from './messages-search.ts';

export const PAGE_SIZE = 200;

/** What the page shows first. */
export interface MessagesAnswers {
  readonly metrics: Metrics;
  readonly page: MessagePage;
}

/** A link to a message that is gone gives the newest page. Rejects where what is filtered by is not known. */
export async function readMessages(
  api: MessagesApi,
  search: MessagesSearch,
  { signal, limit = PAGE_SIZE }: { readonly signal: AbortSignal; readonly limit?: number },
): Promise<MessagesAnswers> {
  const [metrics, page] = await Promise.all([api.metrics(signal), readList(api, search, { signal, limit })]);
  return { metrics, page };
}

/** What a link to a message that is gone leads to is the newest page; what is filtered by must be known. */
export async function readList(
  api: MessagesApi,
  search: MessagesSearch,
  { signal, limit = PAGE_SIZE }: { readonly signal: AbortSignal; readonly limit?: number },
): Promise<MessagePage> {
  const { around, channel, user } = search;
  const request = { limit, filters: search };
  const answer = await api.page({ ...request, around }, signal).catch((cause: unknown) => {
    if (around === undefined || !(cause instanceof RequestError) || cause.status !== 404) throw cause;
    return api.page(request, signal);
  });
  const isNamed = channel !== undefined || user !== undefined;
  if (isNamed && answer.total === 0 && !(await api.isKnown(search, signal))) {
    throw new Error(`There is no ${channel === undefined ? `user ${user}` : `channel ${channel}`}.`);
  }
  return answer;
}
