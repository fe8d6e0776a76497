import type { LogRecord } from '../log/log.ts';
import type { Projection } from '../store/projection.ts';
import { AUDITED, type AuditEntry } from './audit-entry.ts';

/**
 * The audit trail as a table: it outlives retention, and rows can only be added, by whoever holds a connection to the
 * database. `body` is the entry as it stands in the log.
 */
export const auditProjection: Projection = {
  name: 'audit',
  // Stays: rebuilding from the log would lose the entries whose records retention has removed.
  version: 1,
  create: `
    CREATE TABLE audit (
      seq INTEGER PRIMARY KEY,
      at INTEGER NOT NULL,
      actor TEXT NOT NULL,
      action TEXT NOT NULL,
      resource_type TEXT NOT NULL,
      resource_id TEXT NOT NULL,
      outcome TEXT NOT NULL,
      body TEXT NOT NULL
    ) STRICT;
    CREATE INDEX audit_by_actor ON audit (actor, seq);
    CREATE INDEX audit_by_action ON audit (action, seq);
    CREATE INDEX audit_by_resource ON audit (resource_type, resource_id, seq);
    CREATE INDEX audit_by_outcome ON audit (outcome, seq);
    CREATE TRIGGER audit_never_updated BEFORE UPDATE ON audit
      BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
    CREATE TRIGGER audit_never_replaced BEFORE INSERT ON audit
      WHEN EXISTS (SELECT 1 FROM audit WHERE seq = NEW.seq)
      BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
    CREATE TRIGGER audit_never_deleted BEFORE DELETE ON audit
      BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;`,
  drop: 'DROP TABLE IF EXISTS audit;',
  open(database) {
    const insert = database.prepare('INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
    return {
      apply(records: readonly LogRecord[]) {
        for (const { seq, at, type, body } of records) {
          if (type !== AUDITED) continue;
          const { actor, action, resource_type, resource_id, outcome } = JSON.parse(body) as AuditEntry;
          insert.run(seq, at, actor, action, resource_type, resource_id, outcome, body);
        }
      },
    };
  },
};
