import type * as z from 'zod/mini';
import { readJson } from '../../../react/read-json.ts';
import type { PreloadRequest } from '../../../ui/page-definition.ts';
import {
  channelsSchema,
  type MessagePage,
  type Metrics,
  messagePageSchema,
  metricsSchema,
  usersSchema,
} from '../events.ts';
import { type MessagesSearch, toQuery } from './messages-search.ts';

/** Which part of the stored messages: the newest, or the nearest ones to a message. */
export interface PageRequest {
  readonly limit: number;
  readonly filters: Omit<MessagesSearch, 'around'>;
  /** What an answer gave as `before`. */
  readonly before?: string | undefined;
  /** What an answer gave as `after`. */
  readonly after?: string | undefined;
  /** Id of a message that stands in the middle. */
  readonly around?: string | undefined;
}

/** The reads of the pages. Each fails with a sentence a person understands. */
export interface MessagesApi {
  page(request: PageRequest, signal: AbortSignal): Promise<MessagePage>;
  metrics(signal: AbortSignal): Promise<Metrics>;
  /** Whether there is, or was until now, such a channel and such a user. */
  isKnown(filters: Pick<MessagesSearch, 'channel' | 'user'>, signal: AbortSignal): Promise<boolean>;
}

/** The names to choose filters from: those with the most messages, so many at most. */
export interface NamesApi {
  channelNames(signal: AbortSignal): Promise<readonly string[]>;
  userNames(signal: AbortSignal): Promise<readonly string[]>;
}

const MOST_NAMES = 200;

export const browserFetch: PreloadRequest['fetch'] = (path, init) => fetch(path, init);

export const messagesApi = createMessagesApi(browserFetch);

/** Reads by the given `fetch`: the browser's, or a server's own. */
export function createMessagesApi(fetch: PreloadRequest['fetch']): MessagesApi & NamesApi {
  async function read<Schema extends z.ZodMiniType>(
    path: string,
    schema: Schema,
    signal: AbortSignal,
  ): Promise<z.infer<Schema>> {
    return schema.parse(await readJson({ fetch }, { url: path, path, signal }));
  }

  function request(path: string, signal: AbortSignal): Promise<Response> {
    return fetch(path, { headers: { accept: 'application/json' }, signal });
  }

  return {
    page({ limit, filters, before, after, around }, signal) {
      const { q, channel, user, from, to } = filters;
      const query = toQuery({ limit, q, channel, user, from, to, before, after, around });
      return read(`/api/messages?${query}`, messagePageSchema, signal);
    },
    metrics: (signal) => read('/api/metrics', metricsSchema, signal),
    async isKnown({ channel, user }, signal) {
      const { status } = await request(`/live?${toQuery({ view: 'messages', channel, user })}`, signal);
      return status !== 404;
    },
    async channelNames(signal) {
      const { channels } = await read(`/api/channels?sort=messages&limit=${MOST_NAMES}`, channelsSchema, signal);
      return channels.map(({ channel }) => channel);
    },
    async userNames(signal) {
      const { users } = await read(`/api/users?sort=messages&limit=${MOST_NAMES}`, usersSchema, signal);
      return users.map(({ user }) => user);
    },
  };
}
