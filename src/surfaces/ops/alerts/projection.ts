import type { LogRecord } from '../../../engine/log/log.ts';
import type { Projection, ProjectionDatabase, ProjectionWriter } from '../../../engine/store/projection.ts';
import { ALERT_CHANGED, ALERTS_EVALUATED, type AlertBody, type EvaluatedBody } from './records.ts';

/** Cleared alerts that are kept. */
export const MAX_CLEARED = 1_000;

/**
 * Every open alert and the newest 1,000 cleared ones, and how far the log was looked at. An open one stays also when
 * retention removes its record; `seq` is where it was raised, `changed_seq` where it was last told of.
 */
export const opsAlertsProjection: Projection = {
  name: 'ops_alerts',
  version: 1,
  create: `
    CREATE TABLE ops_alert (
      id TEXT PRIMARY KEY,
      state TEXT NOT NULL,
      severity TEXT NOT NULL,
      seq INTEGER NOT NULL,
      changed_seq INTEGER NOT NULL,
      through_seq INTEGER NOT NULL,
      body TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX ops_alert_by_age ON ops_alert (seq);
    CREATE INDEX ops_alert_by_state ON ops_alert (state, changed_seq);
    CREATE TABLE ops_alert_position (
      name TEXT PRIMARY KEY,
      through_seq INTEGER NOT NULL,
      matches TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;`,
  drop: 'DROP TABLE IF EXISTS ops_alert; DROP TABLE IF EXISTS ops_alert_position;',
  open: (database) => new AlertsWriter(database),
};

class AlertsWriter implements ProjectionWriter {
  readonly #set;
  readonly #forget;
  readonly #trim;
  readonly #setPosition;

  constructor(database: ProjectionDatabase) {
    this.#set = database.prepare(
      `INSERT INTO ops_alert VALUES (?1, ?2, ?3, ?4, ?4, ?5, ?6)
       ON CONFLICT (id) DO UPDATE SET state = excluded.state, severity = excluded.severity,
         changed_seq = excluded.changed_seq, through_seq = excluded.through_seq, body = excluded.body`,
    );
    this.#forget = database.prepare(
      `DELETE FROM ops_alert WHERE state = 'cleared' AND changed_seq <=
         (SELECT changed_seq FROM ops_alert WHERE state = 'cleared' ORDER BY changed_seq DESC LIMIT 1 OFFSET ?)`,
    );
    this.#trim = database.prepare(`DELETE FROM ops_alert WHERE state = 'cleared' AND changed_seq <= ?`);
    this.#setPosition = database.prepare(
      `INSERT INTO ops_alert_position VALUES ('evaluated', ?, ?)
       ON CONFLICT (name) DO UPDATE SET through_seq = excluded.through_seq, matches = excluded.matches`,
    );
  }

  apply(records: readonly LogRecord[]): void {
    for (const { seq, type, body } of records) {
      if (type === ALERT_CHANGED) this.#applyAlert(seq, body);
      if (type === ALERTS_EVALUATED) {
        const { through_seq, matches } = JSON.parse(body) as EvaluatedBody;
        this.#setPosition.run(through_seq, JSON.stringify(matches));
      }
    }
  }

  trim(through: number): void {
    this.#trim.run(through);
  }

  #applyAlert(seq: number, body: string): void {
    const { id, state, severity, through_seq } = JSON.parse(body) as AlertBody;
    this.#set.run(id, state, severity, seq, through_seq, body);
    if (state === 'cleared') this.#forget.run(MAX_CLEARED);
  }
}
