import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { auditProjection } from '../../../../engine/audit/audit-projection.ts';
import type { Log, LogRecord, NewEvent } from '../../../../engine/log/log.ts';
import { openForWriting } from '../../../../engine/log/sqlite/database.ts';
import { Writer } from '../../../../engine/log/sqlite/writer.ts';
import type { ManualClock } from '../../../../engine/manual-clock.ts';
import type { SnapshotReader } from '../../../../engine/store/snapshot.ts';
import { MillraceError } from '../../../../protocol/errors.ts';
import { opsAlertsProjection } from '../projection.ts';

/** The real writer on a real file, without threads: commits are stamped by the clock of the test. */
export function writerLog(clock: ManualClock) {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-alerts-'));
  const database = openForWriting(join(folder, 'millrace.db'));
  const projections = [auditProjection, opsAlertsProjection];
  const writer = new Writer({ database, projections, now: () => clock.now() });
  const listeners = new Set<() => void>();
  let refusal: string | undefined;
  const between = database.prepare('SELECT * FROM log WHERE seq > ? ORDER BY seq LIMIT ?');
  const log: Log & SnapshotReader = {
    epoch: writer.epoch,
    head: () => writer.head,
    trimmed: () => writer.trimmed,
    assertRoom() {},
    async append(events: readonly NewEvent[]) {
      if (refusal !== undefined) throw new MillraceError('log_unavailable', refusal);
      const [outcome] = writer.commit([{ events }]);
      if (outcome?.kind === 'repeated') {
        for (const listener of listeners) listener();
        return { records: outcome.records, repeated: outcome.repeated };
      }
      if (outcome?.kind !== 'committed') throw new Error(JSON.stringify(outcome));
      for (const listener of listeners) listener();
      return { records: between.all<LogRecord>(outcome.firstSeq - 1, events.length), repeated: 0 };
    },
    async read(after, limit) {
      if (after < writer.trimmed.seq) return { kind: 'expired' };
      return { kind: 'records', records: between.all<LogRecord>(after, limit) };
    },
    readRecent: () => undefined,
    async resolve() {
      return { kind: 'resume', cursor: writer.head };
    },
    health: () => (refusal === undefined ? { writable: true } : { writable: false, reason: refusal }),
    onCommit(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async snapshot(queries) {
      const results = queries.map(({ sql, params = [] }) => database.prepare(sql).all(...params));
      return { cursor: writer.head, results } as never;
    },
    async [Symbol.asyncDispose]() {
      database.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return {
    log,
    database,
    /** From now on the disk refuses, with this reason; undefined: no more. */
    refuse(reason: string | undefined) {
      refusal = reason;
    },
    /** Retention removes all but the newest records. */
    keepOnly(maxEvents: number) {
      const limits = { maxEvents, maxAgeMs: Number.POSITIVE_INFINITY, maxBytes: Number.POSITIVE_INFINITY };
      while (writer.trimStep(limits));
    },
  };
}
