import type { LogRecord } from '../../../engine/log/log.ts';
import type { Projection, ProjectionDatabase, ProjectionStatement } from '../../../engine/store/projection.ts';
import { CHAT_LIMITS } from '../events.ts';
import {
  type AddedMessage,
  CHAT_ANSWER_ENDED,
  CHAT_CLEARED,
  CHAT_MESSAGE_ADDED,
  CHAT_TOKENS_STREAMED,
  type EndedAnswer,
  type StreamedTokens,
} from './chat-records.ts';

/**
 * The latest messages of the transcript, and what each says, in pieces as they came. What has ended goes when retention
 * has passed its beginning; what goes on stays.
 */
export const opsChatProjection: Projection = {
  name: 'ops-chat',
  version: 1,
  create: `
    CREATE TABLE ops_chat (
      seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, role TEXT NOT NULL, status TEXT NOT NULL, error TEXT, actor TEXT,
      at INTEGER NOT NULL, tokens INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE ops_chat_tokens (
      message INTEGER, place INTEGER, tokens TEXT NOT NULL, PRIMARY KEY (message, place)
    ) STRICT, WITHOUT ROWID;`,
  drop: 'DROP TABLE IF EXISTS ops_chat; DROP TABLE IF EXISTS ops_chat_tokens;',
  open(database) {
    const writer = new ChatWriter(database);
    return {
      apply: (records) => {
        for (const record of records) writer.apply(record);
      },
      trim: (through) => writer.trim(through),
    };
  },
};

class ChatWriter {
  readonly #add: ProjectionStatement;
  readonly #addFirst: ProjectionStatement;
  readonly #addNext: ProjectionStatement;
  readonly #count: ProjectionStatement;
  readonly #end: ProjectionStatement;
  readonly #forgetOldest: ProjectionStatement;
  readonly #forgetThrough: ProjectionStatement;
  readonly #forgetAll: ProjectionStatement;
  readonly #forgetTokens: ProjectionStatement;

  constructor(database: ProjectionDatabase) {
    this.#add = database.prepare('INSERT OR IGNORE INTO ops_chat VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
    this.#addFirst = database.prepare('INSERT OR IGNORE INTO ops_chat_tokens VALUES (?, 0, ?)');
    // Of an answer that goes on, and where its last piece ended: nothing is repeated, left out or added after the end.
    const isNext = `id = ? AND tokens = ? AND status = 'streaming'`;
    this.#addNext = database.prepare(`INSERT INTO ops_chat_tokens SELECT seq, tokens, ? FROM ops_chat WHERE ${isNext}`);
    this.#count = database.prepare(`UPDATE ops_chat SET tokens = tokens + ? WHERE ${isNext}`);
    this.#end = database.prepare(
      `UPDATE ops_chat SET status = ?, error = ?, actor = ? WHERE id = ? AND status = 'streaming'`,
    );
    this.#forgetOldest = database.prepare(
      `DELETE FROM ops_chat WHERE seq <= (SELECT seq FROM ops_chat ORDER BY seq DESC LIMIT 1 OFFSET ${CHAT_LIMITS.messages})`,
    );
    this.#forgetThrough = database.prepare(`DELETE FROM ops_chat WHERE seq <= ? AND status <> 'streaming'`);
    this.#forgetAll = database.prepare('DELETE FROM ops_chat');
    this.#forgetTokens = database.prepare(
      'DELETE FROM ops_chat_tokens WHERE message NOT IN (SELECT seq FROM ops_chat)',
    );
  }

  apply({ type, body, seq, at }: LogRecord): void {
    switch (type) {
      case CHAT_MESSAGE_ADDED:
        this.#addMessage(JSON.parse(body) as AddedMessage, seq, at);
        break;
      case CHAT_TOKENS_STREAMED: {
        const { message_id, index, tokens } = JSON.parse(body) as StreamedTokens;
        this.#addNext.run(JSON.stringify(tokens), message_id, index);
        this.#count.run(tokens.length, message_id, index);
        break;
      }
      case CHAT_ANSWER_ENDED: {
        const { message_id, status, error, actor } = JSON.parse(body) as EndedAnswer;
        this.#end.run(status, error, actor, message_id);
        break;
      }
      case CHAT_CLEARED:
        this.#forgetAll.run();
        this.#forgetTokens.run();
        break;
      default:
    }
  }

  trim(through: number): void {
    this.#forgetThrough.run(through);
    this.#forgetTokens.run();
  }

  #addMessage({ id, role, status, error, actor, tokens }: AddedMessage, seq: number, at: number): void {
    this.#add.run(seq, id, role, status, error, actor, at, tokens.length);
    if (tokens.length > 0) this.#addFirst.run(seq, JSON.stringify(tokens));
    this.#forgetOldest.run();
    this.#forgetTokens.run();
  }
}
