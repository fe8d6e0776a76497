import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Hono } from 'hono';
import { pino } from 'pino';
import { type Clock, systemClock } from '../../../engine/clock.ts';
import { IngestGate } from '../../../engine/ingest-gate.ts';
import { SqliteLog, type SqliteLogOptions } from '../../../engine/log/sqlite/sqlite-log.ts';
import { createMetrics, type Metrics } from '../../../engine/metrics.ts';
import type { SurfaceContext } from '../../../engine/surface.ts';
import { Turns } from '../../../engine/turns.ts';
import { errorBody, MillraceError } from '../../../protocol/errors.ts';
import { observability } from '../surface.ts';

export interface TestSurface extends AsyncDisposable {
  readonly log: SqliteLog;
  readonly metrics: Metrics;
  request(path: string, init?: RequestInit): Promise<Response>;
  /** `POST` of a value as JSON. */
  post(path: string, value: unknown, headers?: Record<string, string>): Promise<Response>;
  /** How often requests were refused for this reason. */
  rejects(reason: string): Promise<number>;
}

export interface TestSurfaceOptions extends Partial<Omit<SqliteLogOptions, 'path'>> {
  readonly maxBytes?: number;
  readonly clock?: Clock;
  /** Stands between the routes and the real log. */
  readonly wrapLog?: (log: SqliteLog) => SurfaceContext['log'];
}

/** Deadlines never come, so that a loaded machine changes no answer. */
const patientClock: Clock = { ...systemClock, schedule: () => () => {} };

/** The surface's routes on a real log in a folder of its own. */
export async function testSurface(options: TestSurfaceOptions = {}): Promise<TestSurface> {
  const { maxBytes = 1_048_576, clock = patientClock, wrapLog = (own) => own, ...logOptions } = options;
  const folder = mkdtempSync(join(tmpdir(), 'millrace-observability-'));
  const entry = new URL('./log-writer.ts', import.meta.url);
  const log = await SqliteLog.open({ entry, ...logOptions, path: join(folder, 'millrace.db') });
  const metrics = createMetrics();
  const app = new Hono();
  const timings = { staleAfterMs: 15_000, selfCheckMs: 0 };
  const context = {
    log: wrapLog(log),
    snapshots: log,
    clock,
    metrics,
    limits: { maxBytes },
    timings,
    turns: new Turns(),
    presence: { usersIn: () => [] },
    load: { queuedEvents: () => 0, clients: () => ({ connected: 0, slowestLag: 0 }) },
    ingestGate: new IngestGate(),
  };
  app.route('/', observability.routes({ ...context, logger: pino({ level: 'silent' }) }));
  app.onError((error, context) => {
    if (!(error instanceof MillraceError)) throw error;
    return context.json(errorBody(error, 'trace'), error.status as 400);
  });
  const request = async (path: string, init: RequestInit = {}) => app.request(path, init);
  return {
    log,
    metrics,
    request,
    post: (path, value, headers = {}) =>
      request(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(value),
      }),
    async rejects(reason) {
      const { values } = await metrics.rejects.get();
      return values.find((value) => value.labels.reason === reason)?.value ?? 0;
    },
    async [Symbol.asyncDispose]() {
      await log[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Every fixture of a folder by the name of its file without the extension. */
export function fixtures(folder: 'claude-code' | 'hook-script'): ReadonlyMap<string, Record<string, unknown>> {
  const path = new URL(`../fixtures/${folder}/`, import.meta.url);
  return new Map(
    readdirSync(path).map((file) => [
      file.replace(/\.json$/, ''),
      JSON.parse(readFileSync(new URL(file, path), 'utf8')) as Record<string, unknown>,
    ]),
  );
}
