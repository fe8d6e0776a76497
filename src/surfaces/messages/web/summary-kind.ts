import { seqOf } from '../../../protocol/cursor.ts';
import { channelsSchema, usersSchema } from '../events.ts';
import type { Totals } from './message-metrics.ts';
import { toSummary } from './summary.ts';
import type { SummaryPage } from './summary-list.ts';

/** What makes the list of channels one of channels, and that of users one of users. */
export interface SummaryKind {
  readonly type: 'channel' | 'user';
  readonly title: 'Channels' | 'Users';
  readonly many: string;
  /** The view of `/live`. */
  readonly view: 'channels' | 'users';
  readonly apiPath: string;
  readonly readPage: (answer: unknown) => SummaryPage;
  readonly totalOf: (metrics: Totals) => number;
}

export const CHANNELS: SummaryKind = {
  type: 'channel',
  title: 'Channels',
  many: 'channels',
  apiPath: '/api/channels',
  view: 'channels',
  readPage(answer) {
    const { channels, ...rest } = channelsSchema.parse(answer);
    const asOf = seqOf(rest.cursor) ?? 0;
    return { ...rest, asOf, rows: channels.map((channel) => toSummary(channel, asOf)) };
  },
  totalOf: ({ total_channels }) => total_channels,
};

export const USERS: SummaryKind = {
  type: 'user',
  title: 'Users',
  many: 'users',
  apiPath: '/api/users',
  view: 'users',
  readPage(answer) {
    const { users, ...rest } = usersSchema.parse(answer);
    const asOf = seqOf(rest.cursor) ?? 0;
    return { ...rest, asOf, rows: users.map((user) => toSummary(user, asOf)) };
  },
  totalOf: ({ total_users }) => total_users,
};
