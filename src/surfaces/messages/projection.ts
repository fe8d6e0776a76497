import type { Projection } from '../../engine/store/projection.ts';
import { MessagesWriter } from './projection-writer.ts';

/**
 * Messages by channel, user and text, and the counts of those that are stored. A channel or a user has a row as long as
 * it has messages. A message names them by numbers that are never given out again: where the row of a number is gone, the
 * name was deleted and its history kept. Texts and names of messages are in the log's bodies, once; what their words are
 * is decided by `search-words.ts`, and the tokenizer only divides them.
 */
export const messagesProjection: Projection = {
  name: 'messages',
  version: 2,
  create: `
    CREATE TABLE msg_total (
      messages INTEGER NOT NULL,
      channels INTEGER NOT NULL,
      users INTEGER NOT NULL,
      newest_minute INTEGER NOT NULL,
      changed_seq INTEGER NOT NULL
    ) STRICT;
    INSERT INTO msg_total VALUES (0, 0, 0, 0, 0);
    ${ownerTable('channel', '')}
    ${ownerTable('user', 'display_name TEXT,')}
    CREATE TABLE msg_message (
      seq INTEGER PRIMARY KEY,
      channel INTEGER NOT NULL,
      user INTEGER NOT NULL,
      sent_at INTEGER NOT NULL,
      id TEXT
    ) STRICT;
    CREATE INDEX msg_message_by_channel ON msg_message (channel);
    CREATE INDEX msg_message_by_user ON msg_message (user);
    CREATE INDEX msg_message_by_id ON msg_message (id) WHERE id IS NOT NULL;
    CREATE TABLE msg_member (
      user INTEGER NOT NULL,
      channel INTEGER NOT NULL,
      messages INTEGER NOT NULL,
      PRIMARY KEY (user, channel)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX msg_member_by_channel ON msg_member (channel);
    -- By the minute of sending: in which part of the log messages of a time can be.
    CREATE TABLE msg_minute (
      minute INTEGER PRIMARY KEY,
      messages INTEGER NOT NULL,
      min_seq INTEGER NOT NULL,
      max_seq INTEGER NOT NULL
    ) STRICT;
    -- By the minute of the commit.
    CREATE TABLE msg_activity (
      kind TEXT NOT NULL,
      owner INTEGER NOT NULL,
      minute INTEGER NOT NULL,
      messages INTEGER NOT NULL,
      PRIMARY KEY (kind, owner, minute)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX msg_activity_by_minute ON msg_activity (minute);
    CREATE TABLE msg_tombstone (
      kind TEXT NOT NULL,
      name TEXT NOT NULL,
      seq INTEGER NOT NULL,
      history TEXT NOT NULL,
      PRIMARY KEY (kind, name)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX msg_tombstone_by_seq ON msg_tombstone (seq);
    CREATE VIRTUAL TABLE msg_text USING fts5 (
      text, scope, content = '', contentless_delete = 1, tokenize = 'ascii'
    );`,
  drop: ['total', 'channel', 'user', 'message', 'member', 'minute', 'activity', 'tombstone', 'text']
    .map((table) => `DROP TABLE IF EXISTS msg_${table};`)
    .join('\n'),
  open: (database) => new MessagesWriter(database),
};

/** `first` and `last` go by the position in the log. */
function ownerTable(kind: 'channel' | 'user', more: string): string {
  return `
    CREATE TABLE msg_${kind} (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      name TEXT NOT NULL UNIQUE,
      ${more}
      messages INTEGER NOT NULL,
      first_seq INTEGER,
      first_sent_at INTEGER,
      last_seq INTEGER,
      last_sent_at INTEGER,
      changed_seq INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX msg_${kind}_by_messages ON msg_${kind} (messages);
    CREATE INDEX msg_${kind}_by_activity ON msg_${kind} (last_seq);
    CREATE INDEX msg_${kind}_by_name ON msg_${kind} (name COLLATE NOCASE);
    CREATE INDEX msg_${kind}_by_change ON msg_${kind} (changed_seq);`;
}
