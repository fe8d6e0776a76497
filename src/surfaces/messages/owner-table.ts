import type { ProjectionDatabase } from '../../engine/store/projection.ts';

/** What messages belong to. */
export type OwnerKind = 'channel' | 'user';

/** What one batch adds to a channel or a user. */
export interface Added {
  messages: number;
  readonly firstSeq: number;
  readonly firstSentAt: number;
  lastSeq: number;
  lastSentAt: number;
  displayName: string | undefined;
  /** Messages by the minute of their commit. */
  readonly minutes: Map<number, number>;
}

export interface OwnerRow {
  readonly id: number;
  readonly name: string;
  readonly messages: number;
}

/** Writes the rows of the channels, or those of the users. */
export class OwnerTable {
  readonly kind: OwnerKind;
  readonly #upsert;
  readonly #find;
  readonly #subtract;
  readonly #delete;
  readonly #addActivity;
  readonly #subtractActivity;
  readonly #deleteActivity;
  readonly #bury;
  readonly #unbury;

  constructor(database: ProjectionDatabase, kind: OwnerKind) {
    this.kind = kind;
    const table = `msg_${kind}`;
    const [column, value, update] =
      kind === 'user'
        ? [', display_name', ', ?8', ', display_name = coalesce(excluded.display_name, display_name)']
        : ['', '', ''];
    this.#upsert = database.prepare(
      `INSERT INTO ${table} (name, messages, first_seq, first_sent_at, last_seq, last_sent_at, changed_seq${column})
       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7${value})
       ON CONFLICT (name) DO UPDATE SET messages = messages + excluded.messages, last_seq = excluded.last_seq,
         last_sent_at = excluded.last_sent_at, changed_seq = excluded.changed_seq${update}
       RETURNING id, name, messages`,
    );
    this.#find = database.prepare(`SELECT id, name, messages FROM ${table} WHERE name = ?`);
    // The first and the last may be among those that went.
    this.#subtract = database.prepare(
      `UPDATE ${table} SET messages = messages - ?2, changed_seq = ?3,
         (first_seq, first_sent_at) = (SELECT seq, sent_at FROM msg_message
           INDEXED BY msg_message_by_${kind} WHERE ${kind} = ?1 ORDER BY seq LIMIT 1),
         (last_seq, last_sent_at) = (SELECT seq, sent_at FROM msg_message
           INDEXED BY msg_message_by_${kind} WHERE ${kind} = ?1 ORDER BY seq DESC LIMIT 1)
       WHERE id = ?1 RETURNING id, name, messages`,
    );
    this.#delete = database.prepare(`DELETE FROM ${table} WHERE id = ?`);
    this.#addActivity = database.prepare(
      `INSERT INTO msg_activity VALUES ('${kind}', ?, ?, ?)
       ON CONFLICT (kind, owner, minute) DO UPDATE SET messages = messages + excluded.messages`,
    );
    this.#subtractActivity = database.prepare(
      `UPDATE msg_activity SET messages = messages - ?3 WHERE kind = '${kind}' AND owner = ?1 AND minute = ?2`,
    );
    this.#deleteActivity = database.prepare(`DELETE FROM msg_activity WHERE kind = '${kind}' AND owner = ?`);
    this.#bury = database.prepare(
      `INSERT INTO msg_tombstone VALUES ('${kind}', ?, ?, ?)
       ON CONFLICT (kind, name) DO UPDATE SET seq = excluded.seq, history = excluded.history`,
    );
    this.#unbury = database.prepare(`DELETE FROM msg_tombstone WHERE kind = '${kind}' AND name = ?`);
  }

  find(name: string): OwnerRow | undefined {
    return this.#find.get<OwnerRow>(name);
  }

  /** The row's number, and whether the name had none before. */
  add(name: string, added: Added): { readonly id: number; readonly isNew: boolean } {
    const { messages, firstSeq, firstSentAt, lastSeq, lastSentAt, displayName = null, minutes } = added;
    const values = [name, messages, firstSeq, firstSentAt, lastSeq, lastSentAt, lastSeq];
    const row = this.#upsert.get<OwnerRow>(...(this.kind === 'user' ? [...values, displayName] : values));
    if (!row) throw new Error(`an upsert of a ${this.kind} returned no row`);
    const isNew = row.messages === messages;
    if (isNew) this.#unbury.run(name);
    for (const [minute, count] of minutes) this.#addActivity.run(row.id, minute, count);
    return { id: row.id, isNew };
  }

  /** Returns whether the row is gone, because none of its messages is left. Does nothing for a number without a row. */
  subtract(id: number, messages: number, changedSeq: number): boolean {
    const row = this.#subtract.get<OwnerRow>(id, messages, changedSeq);
    if (!row || row.messages > 0) return false;
    this.remove(row, { seq: changedSeq, history: 'delete' });
    return true;
  }

  subtractActivity(id: number, minute: number, messages: number): void {
    this.#subtractActivity.run(id, minute, messages);
  }

  /** Ends the name, not its messages. */
  remove({ id, name }: OwnerRow, tombstone: { readonly seq: number; readonly history: string }): void {
    this.#delete.run(id);
    this.#deleteActivity.run(id);
    this.bury(name, tombstone);
  }

  bury(name: string, { seq, history }: { readonly seq: number; readonly history: string }): void {
    this.#bury.run(name, seq, history);
  }
}
