import type { LogRecord } from '../../engine/log/log.ts';
import type { ProjectionDatabase, ProjectionWriter } from '../../engine/store/projection.ts';
import { parseDeletion, parseHistoryRemoved } from './deletion.ts';
import { CHANNEL_DELETED, HISTORY_REMOVED, POSTED, USER_DELETED } from './events.ts';
import { MessageRemoval } from './message-removal.ts';
import { OwnerTable } from './owner-table.ts';
import { PostedBatch } from './posted-batch.ts';
import { indexedText } from './search-words.ts';

/** Activity is kept for this long before the newest message. */
export const ACTIVITY_MINUTES = 60;

/** Records that take messages or names away. */
const REMOVALS: ReadonlySet<string> = new Set([CHANNEL_DELETED, USER_DELETED, HISTORY_REMOVED]);

/** Keeps the tables in step with the log: one write per row that a batch touches, however many messages touch it. */
export class MessagesWriter implements ProjectionWriter {
  readonly #channels: OwnerTable;
  readonly #users: OwnerTable;
  readonly #removal: MessageRemoval;
  readonly #insertMessage;
  readonly #insertText;
  readonly #addMember;
  readonly #addMinute;
  readonly #addTotal;
  readonly #newestMinute;
  readonly #pruneActivity;
  readonly #dropName;
  readonly #touchOther;
  readonly #forgetTombstones;
  readonly #position;

  constructor(database: ProjectionDatabase) {
    this.#channels = new OwnerTable(database, 'channel');
    this.#users = new OwnerTable(database, 'user');
    this.#removal = new MessageRemoval(database, { channels: this.#channels, users: this.#users });
    this.#insertMessage = database.prepare('INSERT INTO msg_message VALUES (?, ?, ?, ?, ?)');
    this.#insertText = database.prepare('INSERT INTO msg_text (rowid, text, scope) VALUES (?, ?, ?)');
    this.#addMember = database.prepare(
      `INSERT INTO msg_member VALUES (?, ?, ?)
       ON CONFLICT (user, channel) DO UPDATE SET messages = messages + excluded.messages`,
    );
    this.#addMinute = database.prepare(
      `INSERT INTO msg_minute VALUES (?, ?, ?, ?)
       ON CONFLICT (minute) DO UPDATE SET messages = messages + excluded.messages, max_seq = excluded.max_seq`,
    );
    this.#addTotal = database.prepare(
      `UPDATE msg_total SET messages = messages + ?, channels = channels + ?, users = users + ?,
         newest_minute = max(newest_minute, ?), changed_seq = ?`,
    );
    this.#newestMinute = database.prepare('SELECT newest_minute AS minute FROM msg_total');
    this.#pruneActivity = database.prepare('DELETE FROM msg_activity WHERE minute <= ?');
    this.#dropName = {
      channel: database.prepare('UPDATE msg_total SET channels = channels - 1, changed_seq = ?'),
      user: database.prepare('UPDATE msg_total SET users = users - 1, changed_seq = ?'),
    };
    this.#touchOther = {
      channel: database.prepare(
        'UPDATE msg_user SET changed_seq = ? WHERE id IN (SELECT user FROM msg_member WHERE channel = ?)',
      ),
      user: undefined,
    };
    this.#forgetTombstones = database.prepare('DELETE FROM msg_tombstone WHERE seq <= ?');
    this.#position = database.prepare(`SELECT position FROM projection WHERE name = 'messages'`);
  }

  apply(records: readonly LogRecord[]): void {
    let batch: PostedBatch | undefined;
    for (const record of records) {
      if (record.type === POSTED) {
        batch ??= new PostedBatch();
        batch.add(record);
      } else if (REMOVALS.has(record.type)) {
        if (batch) this.#post(batch);
        batch = undefined;
        this.#remove(record);
      }
    }
    if (batch) this.#post(batch);
  }

  trim(through: number): void {
    // What it changes is sent along with the event that comes next.
    const head = this.#position.get<{ position: number }>()?.position ?? through;
    this.#removal.removeThrough(through, Math.max(head, through) + 1);
    this.#forgetTombstones.run(through);
  }

  #post(batch: PostedBatch): void {
    const { messages, lastSeq, newestMinute } = batch;
    const channels = addAll(this.#channels, batch.channels);
    const users = addAll(this.#users, batch.users);
    const members = new Map<number, Map<number, number>>();
    for (const { seq, channel, user, text, sentAt, id = null } of messages) {
      const channelId = channels.ids.get(channel) ?? 0;
      const userId = users.ids.get(user) ?? 0;
      this.#insertMessage.run(seq, channelId, userId, sentAt, id);
      this.#insertText.run(seq, indexedText(text), `c${channelId} u${userId}`);
      const ofUser = members.get(userId) ?? new Map<number, number>();
      members.set(userId, ofUser.set(channelId, (ofUser.get(channelId) ?? 0) + 1));
    }
    for (const [user, ofUser] of members) {
      for (const [channel, count] of ofUser) this.#addMember.run(user, channel, count);
    }
    for (const [minute, span] of batch.spans) this.#addMinute.run(minute, span.messages, span.minSeq, span.maxSeq);
    const before = this.#newestMinute.get<{ minute: number }>()?.minute ?? 0;
    this.#addTotal.run(messages.length, channels.created, users.created, newestMinute, lastSeq);
    // Also when the clock was set back: what such a batch brings may be too old already.
    if (newestMinute !== before) this.#pruneActivity.run(Math.max(before, newestMinute) - ACTIVITY_MINUTES);
  }

  #remove(record: LogRecord): void {
    if (record.type === CHANNEL_DELETED) this.#delete(this.#channels, record);
    else if (record.type === USER_DELETED) this.#delete(this.#users, record);
    else this.#removeHistory(record);
  }

  #removeHistory({ seq, body }: LogRecord): void {
    const { kind, name, through } = parseHistoryRemoved(body);
    const row = (kind === 'channel' ? this.#channels : this.#users).find(name);
    if (row) this.#removal.removeOwned({ kind, id: row.id, through }, seq);
  }

  #delete(table: OwnerTable, { seq, body }: LogRecord): void {
    const { name, history } = parseDeletion(body);
    const row = table.find(name);
    if (row && history === 'delete') this.#removal.removeOwned({ kind: table.kind, id: row.id }, seq);
    if (row && history === 'keep') {
      this.#dropName[table.kind].run(seq);
      this.#touchOther[table.kind]?.run(seq, row.id);
      table.remove(row, { seq, history });
    }
    table.bury(name, { seq, history });
  }
}

interface Ids {
  readonly ids: ReadonlyMap<string, number>;
  readonly created: number;
}

function addAll(table: OwnerTable, owners: PostedBatch['channels']): Ids {
  const ids = new Map<string, number>();
  let created = 0;
  for (const [name, added] of owners) {
    const { id, isNew } = table.add(name, added);
    ids.set(name, id);
    if (isNew) created += 1;
  }
  return { ids, created };
}
