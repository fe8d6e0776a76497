import type { ProjectionDatabase } from '../../engine/store/projection.ts';
import type { OwnerKind, OwnerTable } from './owner-table.ts';
import { minuteOf } from './posted-batch.ts';

interface GoneRow {
  readonly seq: number;
  readonly channel: number;
  readonly user: number;
  readonly sent_at: number;
  /** When it was committed; null when that is not asked for, or the log has the record no more. */
  readonly at: number | null;
}

/** Messages taken out together, so that what is held in memory stays small whatever is deleted. */
const CHUNK = 5_000;

export interface RemovalTables {
  readonly channels: OwnerTable;
  readonly users: OwnerTable;
}

/** Takes messages out of every table, the search index and the counts. */
export class MessageRemoval {
  readonly #tables: RemovalTables;
  readonly #select;
  readonly #deleteMessage;
  readonly #deleteText;
  readonly #subtractMember;
  readonly #subtractMinute;
  readonly #subtractTotal;
  readonly #tidy;

  constructor(database: ProjectionDatabase, tables: RemovalTables) {
    this.#tables = tables;
    const columns = 'm.seq, m.channel, m.user, m.sent_at';
    const owned = (kind: string) =>
      database.prepare(
        `SELECT ${columns}, l.at FROM msg_message m INDEXED BY msg_message_by_${kind} LEFT JOIN log l ON l.seq = m.seq
         WHERE m.${kind} = ? AND m.seq <= ? ORDER BY m.seq LIMIT ${CHUNK}`,
      );
    this.#select = {
      channel: owned('channel'),
      user: owned('user'),
      // Retention changes no activity: it says what came in, not what is kept.
      through: database.prepare(
        `SELECT ${columns}, NULL AS at FROM msg_message m WHERE m.seq <= ? ORDER BY m.seq LIMIT ${CHUNK}`,
      ),
    };
    this.#deleteMessage = database.prepare('DELETE FROM msg_message WHERE seq = ?');
    this.#deleteText = database.prepare('DELETE FROM msg_text WHERE rowid = ?');
    this.#subtractMember = database.prepare(
      'UPDATE msg_member SET messages = messages - ?3 WHERE user = ?1 AND channel = ?2',
    );
    this.#subtractMinute = database.prepare('UPDATE msg_minute SET messages = messages - ?2 WHERE minute = ?1');
    this.#subtractTotal = database.prepare(
      'UPDATE msg_total SET messages = messages - ?, channels = channels - ?, users = users - ?, changed_seq = ?',
    );
    this.#tidy = {
      member: database.prepare('DELETE FROM msg_member WHERE user = ? AND channel = ? AND messages <= 0'),
      minute: database.prepare('DELETE FROM msg_minute WHERE minute = ? AND messages <= 0'),
      activity: database.prepare('DELETE FROM msg_activity WHERE messages <= 0'),
    };
  }

  /** Every message up to a position. */
  removeThrough(through: number, changedSeq: number): void {
    this.#removeAll(() => this.#select.through.all<GoneRow>(through), changedSeq);
  }

  /** The messages of a channel or a user, by its number, up to a position; default all. */
  removeOwned(
    owner: { readonly kind: OwnerKind; readonly id: number; readonly through?: number },
    changedSeq: number,
  ): void {
    const { kind, id, through = Number.MAX_SAFE_INTEGER } = owner;
    this.#removeAll(() => this.#select[kind].all<GoneRow>(id, through), changedSeq);
    this.#tidy.activity.run();
  }

  #removeAll(next: () => readonly GoneRow[], changedSeq: number): void {
    for (;;) {
      const rows = next();
      if (rows.length > 0) this.#removeRows(rows, changedSeq);
      if (rows.length < CHUNK) return;
    }
  }

  #removeRows(rows: readonly GoneRow[], changedSeq: number): void {
    const counts = { channel: new Tally(), user: new Tally(), minute: new Tally() };
    const members = new Map<number, Tally>();
    const activity = { channel: new Map<number, Tally>(), user: new Map<number, Tally>() };
    for (const { seq, channel, user, sent_at, at } of rows) {
      this.#deleteMessage.run(seq);
      this.#deleteText.run(seq);
      counts.channel.add(channel);
      counts.user.add(user);
      counts.minute.add(minuteOf(sent_at));
      tallyOf(members, user).add(channel);
      if (at === null) continue;
      tallyOf(activity.channel, channel).add(minuteOf(at));
      tallyOf(activity.user, user).add(minuteOf(at));
    }
    for (const [user, channels] of members) {
      for (const [channel, messages] of channels.entries()) {
        this.#subtractMember.run(user, channel, messages);
        this.#tidy.member.run(user, channel);
      }
    }
    for (const [minute, messages] of counts.minute.entries()) {
      this.#subtractMinute.run(minute, messages);
      this.#tidy.minute.run(minute);
    }
    const { channels, users } = this.#tables;
    const gone = [channels, users].map((table) => {
      let rowsGone = 0;
      for (const [id, minutes] of activity[table.kind]) {
        for (const [minute, messages] of minutes.entries()) table.subtractActivity(id, minute, messages);
      }
      for (const [id, messages] of counts[table.kind].entries()) {
        if (table.subtract(id, messages, changedSeq)) rowsGone += 1;
      }
      return rowsGone;
    });
    this.#subtractTotal.run(rows.length, gone[0] ?? 0, gone[1] ?? 0, changedSeq);
  }
}

class Tally {
  readonly #counts = new Map<number, number>();

  add(key: number): void {
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  entries(): Iterable<[number, number]> {
    return this.#counts;
  }
}

function tallyOf(tallies: Map<number, Tally>, key: number): Tally {
  const tally = tallies.get(key) ?? new Tally();
  tallies.set(key, tally);
  return tally;
}
