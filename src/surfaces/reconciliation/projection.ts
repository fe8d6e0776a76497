import type { LogRecord } from '../../engine/log/log.ts';
import type { Projection, ProjectionDatabase, ProjectionWriter } from '../../engine/store/projection.ts';
import { CLIENT_FAILED, parseUpdate, UPDATED } from './record.ts';

/**
 * Where in the log each service's latest update stands, and an index of the audit. What they say is in the log's bodies.
 * A service whose latest update retention has removed is forgotten, as a rebuild from the log would forget it.
 */
export const reconciliationProjection: Projection = {
  name: 'reconciliation',
  version: 2,
  create: `
    CREATE TABLE recon_service (service TEXT PRIMARY KEY, seq INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE INDEX recon_service_by_seq ON recon_service (seq);
    CREATE TABLE recon_audit (
      seq INTEGER PRIMARY KEY,
      at INTEGER NOT NULL,
      service TEXT,
      status TEXT
    ) STRICT;
    CREATE INDEX recon_audit_by_service ON recon_audit (service) WHERE service IS NOT NULL;
    CREATE INDEX recon_audit_by_status ON recon_audit (status) WHERE status IS NOT NULL;
    CREATE INDEX recon_audit_by_time ON recon_audit (at);`,
  drop: 'DROP TABLE IF EXISTS recon_service; DROP TABLE IF EXISTS recon_audit;',
  open: (database) => new ReconciliationWriter(database),
};

class ReconciliationWriter implements ProjectionWriter {
  readonly #setService;
  readonly #insertAudit;
  readonly #trimStatements;

  constructor(database: ProjectionDatabase) {
    this.#setService = database.prepare(
      'INSERT INTO recon_service VALUES (?, ?) ON CONFLICT (service) DO UPDATE SET seq = excluded.seq',
    );
    this.#insertAudit = database.prepare('INSERT INTO recon_audit VALUES (?, ?, ?, ?)');
    this.#trimStatements = ['recon_service', 'recon_audit'].map((table) =>
      database.prepare(`DELETE FROM ${table} WHERE seq <= ?`),
    );
  }

  apply(records: readonly LogRecord[]): void {
    for (const { seq, at, type, body } of records) {
      if (type === CLIENT_FAILED) this.#insertAudit.run(seq, at, null, null);
      if (type !== UPDATED) continue;
      const { service, status } = parseUpdate(body);
      this.#insertAudit.run(seq, at, service, status);
      this.#setService.run(service, seq);
    }
  }

  trim(through: number): void {
    for (const statement of this.#trimStatements) statement.run(through);
  }
}
