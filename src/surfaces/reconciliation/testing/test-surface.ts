import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Hono } from 'hono';
import { pino } from 'pino';
import { IngestGate } from '../../../engine/ingest-gate.ts';
import { SqliteLog } from '../../../engine/log/sqlite/sqlite-log.ts';
import { ManualClock } from '../../../engine/manual-clock.ts';
import { createMetrics } from '../../../engine/metrics.ts';
import type { SelfCheck } from '../../../engine/self-check.ts';
import { Turns } from '../../../engine/turns.ts';
import { errorBody, MillraceError } from '../../../protocol/errors.ts';
import {
  type AuditPage,
  auditPageSchema,
  type Latest,
  latestSchema,
  type ReconciliationEvent,
  reconciliationEventSchema,
  reportAcceptedSchema,
} from '../events.ts';
import { reconciliationFeed } from '../feed.ts';
import { reconciliation } from '../surface.ts';

export interface TestSurfaceOptions {
  readonly folder?: string;
  /** Module that runs the writer. Default: with this surface's projection alone. */
  readonly entry?: URL;
  readonly selfChecks?: readonly SelfCheck[];
  readonly selfCheckMs?: number;
  readonly staleAfterMs?: number;
  readonly maxBytes?: number;
  readonly clock?: ManualClock;
  /** Whether background work runs. Default true. */
  readonly isStarted?: boolean;
  readonly retentionEvents?: number;
  readonly wrapLog?: (log: SqliteLog) => SqliteLog;
}

export type TestSurface = Awaited<ReturnType<typeof testSurface>>;

/** The surface on a real log in a folder of its own, and a clock that the test moves. */
export async function testSurface(options: TestSurfaceOptions = {}) {
  const { clock = new ManualClock(), maxBytes = 1_048_576, selfChecks = [], wrapLog = (own) => own } = options;
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'millrace-reconciliation-'));
  const path = join(folder, 'millrace.db');
  const { retentionEvents: maxEvents = Number.POSITIVE_INFINITY } = options;
  const unlimited = Number.POSITIVE_INFINITY;
  const log = await SqliteLog.open({
    path,
    entry: options.entry ?? new URL('./log-writer.ts', import.meta.url),
    retention: { maxEvents, maxAgeMs: unlimited, maxBytes: unlimited },
    retentionIntervalMs: 10,
  });
  const lines: string[] = [];
  const timings = { staleAfterMs: options.staleAfterMs ?? 15_000, selfCheckMs: options.selfCheckMs ?? 0 };
  const context = {
    log: wrapLog(log),
    snapshots: log,
    clock,
    metrics: createMetrics(),
    limits: { maxBytes },
    timings,
    turns: new Turns(),
    presence: { usersIn: () => [] },
    load: { queuedEvents: () => 0, clients: () => ({ connected: 0, slowestLag: 0 }) },
    ingestGate: new IngestGate(),
    logger: pino({ level: 'info' }, { write: (line) => void lines.push(line) }),
  };
  const app = new Hono();
  app.route('/', reconciliation.routes(context));
  app.onError((error, { json }) => {
    if (!(error instanceof MillraceError)) throw error;
    const headers = error.retryAfterS === undefined ? {} : { 'retry-after': String(error.retryAfterS) };
    return json(errorBody(error, 'trace'), error.status as 400, headers);
  });
  const background = (options.isStarted ?? true) ? reconciliation.start?.({ ...context, selfChecks }) : undefined;
  const request = async (url: string, init: RequestInit = {}, remoteAddress = '127.0.0.1') =>
    app.request(url, init, { remoteAddress: () => remoteAddress });
  const post = (url: string, value: unknown, remoteAddress?: string) =>
    request(
      url,
      {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: typeof value === 'string' ? value : JSON.stringify(value),
      },
      remoteAddress,
    );
  return {
    log,
    path,
    folder,
    clock,
    /** What was logged. */
    lines,
    request,
    post,
    /** Sends a report that must be taken. */
    async report(value: unknown) {
      const response = await post('/reconciliation/reports', value);
      if (response.status !== 202) throw new Error(`${response.status}: ${await response.text()}`);
      return reportAcceptedSchema.parse(await response.json());
    },
    async latest(): Promise<Latest> {
      return latestSchema.parse(await (await request('/reconciliation/latest')).json());
    },
    async audit(query = ''): Promise<AuditPage> {
      return auditPageSchema.parse(await (await request(`/reconciliation/audit${query}`)).json());
    },
    /** Every message that the feed shows from the beginning. */
    async messages(): Promise<ReconciliationEvent[]> {
      const slice = await log.read(log.trimmed().seq, 100_000);
      if (slice.kind === 'expired') throw new Error('retention was faster');
      const view = reconciliationFeed.open(new URLSearchParams());
      return slice.records
        .filter((record) => view.includes(record))
        .map((record) => reconciliationEventSchema.parse(JSON.parse(view.encode(record, `e.${record.seq}.t`))));
    },
    /** Settles when reads and appends that were begun are done, and what they led to as well. */
    async settle() {
      const read = () => log.snapshot<[unknown]>([{ sql: 'SELECT 1' }]);
      for (let calm = 0; calm < 8; ) {
        const { seq } = log.head();
        // Each read thread works in order: with enough of these, both have done what they were given before.
        await Promise.all(Array.from({ length: 8 }, read));
        await new Promise((resolve) => setImmediate(resolve));
        calm = log.queued === 0 && log.head().seq === seq ? calm + 1 : 0;
      }
    },
    /** Ends it and leaves the folder. */
    async stop() {
      await background?.[Symbol.asyncDispose]();
      await log[Symbol.asyncDispose]();
    },
    async [Symbol.asyncDispose]() {
      await background?.[Symbol.asyncDispose]();
      await log[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
