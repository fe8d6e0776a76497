import type { LogRecord } from '../../engine/log/log.ts';
import type { Projection } from '../../engine/store/projection.ts';
import type { ProposalEvent } from './events.ts';
import { eventNameOf, type FileVersion } from './records.ts';

type Of<Type extends ProposalEvent['type']> = Extract<ProposalEvent, { type: Type }>;

/**
 * What the log alone knows of proposals: status, people, comments, locks and who wrote which version. All but the
 * versions outlives retention.
 */
export const proposalsProjection: Projection = {
  name: 'proposals',
  version: 1,
  create: `
    CREATE TABLE prop_proposal (
      id TEXT PRIMARY KEY,
      project TEXT NOT NULL,
      author TEXT,
      status TEXT NOT NULL DEFAULT 'draft',
      reviewers TEXT NOT NULL DEFAULT '[]',
      updated_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX prop_proposal_by_project ON prop_proposal (project);
    CREATE TABLE prop_lock (
      project TEXT PRIMARY KEY, holder TEXT NOT NULL, since TEXT NOT NULL, expires_at TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE prop_file (
      proposal TEXT, path TEXT, etag TEXT, changed_by TEXT, changed_at INTEGER NOT NULL, PRIMARY KEY (proposal, path)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE prop_version (
      seq INTEGER PRIMARY KEY, proposal TEXT NOT NULL, path TEXT NOT NULL, etag TEXT NOT NULL, changed_by TEXT,
      changed_at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX prop_version_by_file ON prop_version (proposal, path, seq);
    CREATE TABLE prop_comment (
      id TEXT PRIMARY KEY, proposal TEXT NOT NULL, seq INTEGER NOT NULL, status TEXT NOT NULL, body TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX prop_comment_by_proposal ON prop_comment (proposal, seq);`,
  drop: `
    DROP TABLE IF EXISTS prop_proposal;
    DROP TABLE IF EXISTS prop_lock;
    DROP TABLE IF EXISTS prop_file;
    DROP TABLE IF EXISTS prop_version;
    DROP TABLE IF EXISTS prop_comment;`,
  open(database) {
    const touch = database.prepare(
      `INSERT INTO prop_proposal (id, project, updated_at) VALUES (?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET updated_at = excluded.updated_at`,
    );
    // A change that is made under the name of an earlier one begins anew.
    const create = database.prepare(
      `UPDATE prop_proposal SET author = ?, status = 'draft', reviewers = '[]' WHERE id = ?`,
    );
    const forgetComments = database.prepare('DELETE FROM prop_comment WHERE proposal = ?');
    const setStatus = database.prepare('UPDATE prop_proposal SET status = ? WHERE id = ?');
    const setReviewers = database.prepare('UPDATE prop_proposal SET reviewers = ? WHERE id = ?');
    const setLock = database.prepare('INSERT OR REPLACE INTO prop_lock VALUES (?, ?, ?, ?)');
    const unlock = database.prepare('DELETE FROM prop_lock WHERE project = ?');
    const setFile = database.prepare('INSERT OR REPLACE INTO prop_file VALUES (?, ?, ?, ?, ?)');
    const addVersion = database.prepare('INSERT INTO prop_version VALUES (?, ?, ?, ?, ?, ?)');
    const forgetVersions = database.prepare('DELETE FROM prop_version WHERE seq <= ?');
    const setComment = database.prepare(
      `INSERT INTO prop_comment VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET status = excluded.status, body = excluded.body`,
    );

    const write = (event: ProposalEvent & { readonly version?: FileVersion }, { seq, at }: LogRecord) => {
      switch (event.type) {
        case 'proposal_created':
          // One that comes back to the disk, as with another branch of a repository, goes on where it was.
          if (event.actor === null) break;
          create.run(event.actor, event.proposal_id);
          forgetComments.run(event.proposal_id);
          break;
        case 'proposal_status_changed':
          setStatus.run(event.status, event.proposal_id);
          break;
        case 'reviewers_changed':
          setReviewers.run(JSON.stringify(event.reviewers), event.proposal_id);
          break;
        case 'lock_changed':
          writeLock(event);
          break;
        case 'file_changed':
          setFile.run(event.proposal_id, event.path, event.etag, event.actor, at);
          if (event.etag !== null) addVersion.run(seq, event.proposal_id, event.path, event.etag, event.actor, at);
          break;
        case 'comment_created':
        case 'comment_updated':
          setComment.run(event.comment.id, event.proposal_id, seq, event.comment.status, JSON.stringify(event.comment));
          break;
        default:
      }
    };
    const writeLock = ({ project_id, lock }: Of<'lock_changed'>) => {
      if (lock) setLock.run(project_id, lock.holder, lock.since, lock.expires_at);
      else unlock.run(project_id);
    };

    return {
      apply(records) {
        for (const record of records) {
          const type = eventNameOf(record);
          if (type === undefined || !KEPT.has(type)) continue;
          const event = { type, ...JSON.parse(record.body) } as ProposalEvent;
          if (event.proposal_id !== '')
            touch.run(event.proposal_id, event.proposal_id.split('.', 1)[0] ?? '', record.at);
          write(event, record);
        }
      },
      trim(through) {
        forgetVersions.run(through);
      },
    };
  },
};

/** Output and tokens are many, and change nothing here. */
const KEPT: ReadonlySet<ProposalEvent['type']> = new Set([
  'proposal_created',
  'proposal_status_changed',
  'reviewers_changed',
  'lock_changed',
  'file_changed',
  'comment_created',
  'comment_updated',
]);
