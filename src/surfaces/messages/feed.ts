import type { EventView, FeedDefinition, FeedView, RowSet } from '../../engine/feed.ts';
import type { LogRecord } from '../../engine/log/log.ts';
import type { SnapshotReader } from '../../engine/store/snapshot.ts';
import { MillraceError } from '../../protocol/errors.ts';
import { connectorsView } from './connectors/connector-rows.ts';
import { MESSAGES_CHANNEL, POSTED } from './events.ts';
import { latelyGonePart, metricsPart, ownerParts, rowSet } from './live-rows.ts';
import { channelFilter, messageMembers, userFilter } from './message-body.ts';
import type { OwnerKind } from './owner-table.ts';

type OpenView = (query: URLSearchParams, snapshots: SnapshotReader) => FeedView | Promise<FeedView>;

/** Messages stay on a page when their channel or user is gone: it is told of that too. */
const goneParts = [latelyGonePart('channel'), latelyGonePart('user')];

const home = messagesView('home', () => true, rowSet([metricsPart, ...goneParts]));
const channels: FeedView = { key: 'channels', rows: rowSet([metricsPart, ...ownerParts('channel')]) };
const users: FeedView = { key: 'users', rows: rowSet([metricsPart, ...ownerParts('user')]) };

/** What `?view=` may be, one line each. */
const views: ReadonlyMap<string, OpenView> = new Map<string, OpenView>([
  ['home', () => home],
  ['messages', openMessages],
  ['channels', () => channels],
  ['users', () => users],
  ['user', openUser],
  ['connectors', () => connectorsView],
]);

/** The live pages of specs/003: each shows one view, as its snapshot does. */
export const liveFeed: FeedDefinition = {
  name: 'live',
  path: '/live',
  open(query, snapshots) {
    const open = views.get(query.get('view') ?? '');
    if (open) return open(query, snapshots);
    throw new MillraceError('invalid_request', `view must be one of ${[...views.keys()].join(', ')}`);
  },
};

async function openMessages(query: URLSearchParams, snapshots: SnapshotReader): Promise<FeedView> {
  const channel = query.get('channel') || undefined;
  const user = query.get('user') || undefined;
  if (channel !== undefined) await assertKnown(snapshots, 'channel', channel);
  if (user !== undefined) await assertKnown(snapshots, 'user', user);
  const isOfChannel = channel === undefined ? () => true : channelFilter(channel);
  const isOfUser = user === undefined ? () => true : userFilter(user);
  const parts = [
    metricsPart,
    ...(channel === undefined ? [latelyGonePart('channel')] : ownerParts('channel', { name: channel })),
    ...(user === undefined ? [latelyGonePart('user')] : ownerParts('user', { name: user })),
  ];
  const key = JSON.stringify(['messages', channel, user]);
  return messagesView(key, (body) => isOfUser(body) && isOfChannel(body), rowSet(parts));
}

async function openUser(query: URLSearchParams, snapshots: SnapshotReader): Promise<FeedView> {
  const user = query.get('user') ?? '';
  if (user === '') throw new MillraceError('invalid_request', 'view=user needs user');
  await assertKnown(snapshots, 'user', user);
  const isOfUser = userFilter(user);
  const changedBy = ({ type, channel, body }: LogRecord) =>
    channel === MESSAGES_CHANNEL && (type !== POSTED || isOfUser(body));
  const rows = rowSet(ownerParts('user', { name: user, withChannels: true }), changedBy);
  return messagesView(JSON.stringify(['user', user]), isOfUser, rows);
}

function messagesView(key: string, includes: (body: string) => boolean, rows: RowSet): EventView {
  return {
    key,
    includes: ({ type, body }) => type === POSTED && includes(body),
    eventType: () => 'message',
    encode: (record, cursor) => `{"type":"message",${messageMembers(record)},"cursor":"${cursor}"}`,
    rows,
  };
}

/** One that is gone is known as long as its tombstone stands: a page that is open on it comes back and is told. */
async function assertKnown(snapshots: SnapshotReader, kind: OwnerKind, name: string): Promise<void> {
  const { results } = await snapshots.snapshot<[unknown]>([
    {
      sql: `SELECT 1 FROM msg_${kind} WHERE name = ?1
        UNION ALL SELECT 1 FROM msg_tombstone WHERE kind = '${kind}' AND name = ?1`,
      params: [name],
    },
  ]);
  if (results[0].length === 0) throw new MillraceError('not_found', `there is no ${kind} with this name`);
}
