import type { LogRecord } from '../../../engine/log/log.ts';
import type { ProjectionDatabase } from '../../../engine/store/projection.ts';
import { parseDeletion, parseHistoryRemoved } from '../deletion.ts';
import { CHANNEL_DELETED, HISTORY_REMOVED, POSTED, USER_DELETED } from '../events.ts';
import { parseMessageBody } from '../message-body.ts';

export type Change = { readonly records: readonly LogRecord[] } | { readonly through: number };

interface Folded {
  readonly seq: number;
  /** Null when the name is gone and the history kept. */
  channel: string | null;
  user: string | null;
  readonly sent_at: number;
  readonly minute: number;
  readonly id: string | null;
  readonly text: string;
}

interface Owner {
  displayName: string | null;
  changedSeq: number;
  /** Messages by the minute of their commit; retention leaves them as they are. */
  activity: Map<number, number>;
}

const KINDS = ['channel', 'user'] as const;
type Kind = (typeof KINDS)[number];

/** The same as the projection in the plainest way: everything is counted anew from the messages that are left. */
export function foldMessages(changes: readonly Change[]) {
  const state = {
    messages: [] as Folded[],
    owners: { channel: new Map<string, Owner>(), user: new Map<string, Owner>() },
    tombstones: new Map<string, { kind: Kind; name: string; seq: number; history: string }>(),
    newestMinute: 0,
    totalChangedSeq: 0,
    head: 0,
  };
  const bury = (kind: Kind, name: string, seq: number, history: string) => {
    state.tombstones.set(`${kind} ${name}`, { kind, name, seq, history });
  };
  const remove = (isGone: (message: Folded) => boolean, seq: number, withActivity: boolean) => {
    const gone = state.messages.filter(isGone);
    if (gone.length > 0) state.totalChangedSeq = seq;
    state.messages = state.messages.filter((message) => !isGone(message));
    for (const message of gone) {
      for (const kind of KINDS) {
        const owner = state.owners[kind].get(message[kind] ?? '');
        if (!owner) continue;
        owner.changedSeq = seq;
        const count = owner.activity.get(message.minute);
        if (withActivity && count !== undefined) owner.activity.set(message.minute, count - 1);
      }
    }
    for (const kind of KINDS) {
      for (const name of state.owners[kind].keys()) {
        if (state.messages.some((message) => message[kind] === name)) continue;
        state.owners[kind].delete(name);
        bury(kind, name, seq, 'delete');
      }
    }
  };
  const post = ({ seq, at, body }: LogRecord) => {
    const { channel, user, text, sent_at, display_name, id = null } = parseMessageBody(body);
    const minute = Math.floor(at / 60_000);
    state.newestMinute = Math.max(state.newestMinute, minute);
    state.messages.push({ seq, channel, user, sent_at: Date.parse(sent_at), minute, id, text });
    for (const [kind, name] of [
      ['channel', channel],
      ['user', user],
    ] as const) {
      const owner = state.owners[kind].get(name) ?? { displayName: null, changedSeq: 0, activity: new Map() };
      if (kind === 'user') owner.displayName = display_name ?? owner.displayName;
      owner.changedSeq = seq;
      owner.activity.set(minute, (owner.activity.get(minute) ?? 0) + 1);
      state.owners[kind].set(name, owner);
      state.tombstones.delete(`${kind} ${name}`);
    }
    state.totalChangedSeq = seq;
  };
  const forget = (kind: Kind, { seq, body }: LogRecord) => {
    const { name, history } = parseDeletion(body);
    if (history === 'delete') remove((message) => message[kind] === name, seq, true);
    if (history === 'keep' && state.owners[kind].delete(name)) {
      state.totalChangedSeq = seq;
      for (const message of state.messages.filter((one) => one[kind] === name)) {
        const user = state.owners.user.get(message.user ?? '');
        if (kind === 'channel' && user) user.changedSeq = seq;
        message[kind] = null;
      }
    }
    bury(kind, name, seq, history);
  };
  for (const change of changes) {
    if ('through' in change) {
      remove(({ seq }) => seq <= change.through, Math.max(state.head, change.through) + 1, false);
      for (const [key, { seq }] of state.tombstones) if (seq <= change.through) state.tombstones.delete(key);
      continue;
    }
    for (const record of change.records) {
      state.head = record.seq;
      if (record.type === POSTED) post(record);
      if (record.type === CHANNEL_DELETED) forget('channel', record);
      if (record.type === USER_DELETED) forget('user', record);
      if (record.type !== HISTORY_REMOVED) continue;
      const { kind, name, through } = parseHistoryRemoved(record.body);
      remove((message) => message[kind] === name && message.seq <= through, record.seq, true);
    }
  }
  return { messages: state.messages, tables: tablesOfState(state) };
}

type State = {
  readonly messages: readonly Folded[];
  readonly owners: Readonly<Record<Kind, ReadonlyMap<string, Owner>>>;
  readonly tombstones: ReadonlyMap<string, { kind: Kind; name: string; seq: number; history: string }>;
  readonly newestMinute: number;
  readonly totalChangedSeq: number;
};

function tablesOfState({ messages, owners, tombstones, newestMinute, totalChangedSeq }: State) {
  const ownerRows = (kind: Kind) =>
    [...owners[kind]]
      .map(([name, { displayName, changedSeq, activity }]) => {
        const own = messages.filter((message) => message[kind] === name);
        const isRecent = ([minute, count]: [number, number]) => minute > newestMinute - 60 && count > 0;
        return {
          name,
          display_name: displayName,
          messages: own.length,
          first_seq: own[0]?.seq,
          first_sent_at: own[0]?.sent_at,
          last_seq: own.at(-1)?.seq,
          last_sent_at: own.at(-1)?.sent_at,
          changed_seq: changedSeq,
          activity: JSON.stringify([...activity].filter(isRecent).sort(([a], [b]) => a - b)),
        };
      })
      .sort(byName);
  const members = count(messages, ({ user, channel }) => JSON.stringify([user, channel]));
  const minutes = count(messages, ({ sent_at }) => Math.floor(sent_at / 60_000));
  return {
    total: {
      messages: messages.length,
      channels: owners.channel.size,
      users: owners.user.size,
      changed_seq: totalChangedSeq,
    },
    channels: ownerRows('channel'),
    users: ownerRows('user'),
    messages: messages.map(({ minute: _, text: __, ...message }) => message),
    members: [...members].map(([key, count]) => ({ key, messages: count })).sort((a, b) => compare(a.key, b.key)),
    minutes: [...minutes].map(([minute, count]) => ({ minute, messages: count })).sort((a, b) => a.minute - b.minute),
    tombstones: [...tombstones.values()].sort((a, b) => compare(a.kind, b.kind) || byName(a, b)),
  };
}

interface OwnerTableRow {
  readonly name: string;
  readonly changed_seq: number;
  readonly activity: string;
}

/** What the projection's tables say, without the numbers that only they know. */
export function tablesOf(database: ProjectionDatabase) {
  const owners = (kind: Kind) =>
    database
      .prepare(
        `SELECT name, ${kind === 'user' ? 'display_name' : 'NULL AS display_name'}, messages, first_seq, first_sent_at,
           last_seq, last_sent_at, changed_seq,
           (SELECT json_group_array(json_array(minute, messages)) FROM (
             SELECT * FROM msg_activity WHERE kind = '${kind}' AND owner = o.id ORDER BY minute)) AS activity
         FROM msg_${kind} o`,
      )
      .all<OwnerTableRow>()
      .sort(byName);
  const total = database
    .prepare('SELECT messages, channels, users, changed_seq FROM msg_total')
    .get<{ messages: number; channels: number; users: number; changed_seq: number }>();
  if (!total) throw new Error('there are no totals');
  return {
    total,
    channels: owners('channel'),
    users: owners('user'),
    messages: database
      .prepare(
        `SELECT seq, c.name AS channel, u.name AS user, sent_at, m.id FROM msg_message m
         LEFT JOIN msg_channel c ON c.id = m.channel LEFT JOIN msg_user u ON u.id = m.user ORDER BY seq`,
      )
      .all(),
    members: database
      .prepare(
        `SELECT json_array(u.name, c.name) AS key, sum(m.messages) AS messages FROM msg_member m
         LEFT JOIN msg_channel c ON c.id = m.channel LEFT JOIN msg_user u ON u.id = m.user GROUP BY 1`,
      )
      .all<{ key: string; messages: number }>()
      .sort((a, b) => compare(a.key, b.key)),
    minutes: database.prepare('SELECT minute, messages FROM msg_minute ORDER BY minute').all(),
    tombstones: database
      .prepare('SELECT kind, name, seq, history FROM msg_tombstone')
      .all<{ kind: string; name: string; seq: number; history: string }>()
      .sort((a, b) => compare(a.kind, b.kind) || byName(a, b)),
  };
}

function count<Key>(messages: readonly Folded[], keyOf: (message: Folded) => Key): Map<Key, number> {
  const counts = new Map<Key, number>();
  for (const message of messages) counts.set(keyOf(message), (counts.get(keyOf(message)) ?? 0) + 1);
  return counts;
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return compare(a.name, b.name);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
