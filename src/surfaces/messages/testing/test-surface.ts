import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Hono } from 'hono';
import { pino } from 'pino';
import type * as z from 'zod/mini';
import { IngestGate } from '../../../engine/ingest-gate.ts';
import { SqliteLog, type SqliteLogOptions } from '../../../engine/log/sqlite/sqlite-log.ts';
import { ManualClock } from '../../../engine/manual-clock.ts';
import { createMetrics } from '../../../engine/metrics.ts';
import { Turns } from '../../../engine/turns.ts';
import { errorBody, MillraceError } from '../../../protocol/errors.ts';
import { messagesAcceptedSchema } from '../events.ts';
import { createMessagesSurface } from '../surface.ts';

export type TestSurface = Awaited<ReturnType<typeof testSurface>>;

export interface TestSurfaceOptions extends Partial<Omit<SqliteLogOptions, 'path'>> {
  readonly maxBytes?: number;
  /** Stands between the routes and the real log. */
  readonly wrapLog?: (log: SqliteLog) => SqliteLog;
}

/** The surface's routes on a real log in a folder of its own, and a clock that the test moves. */
export async function testSurface(options: TestSurfaceOptions = {}) {
  const { maxBytes = 1_048_576, wrapLog = (own) => own, ...logOptions } = options;
  const folder = mkdtempSync(join(tmpdir(), 'millrace-messages-'));
  const entry = new URL('./log-writer.ts', import.meta.url);
  const log = await SqliteLog.open({ entry, ...logOptions, path: join(folder, 'millrace.db') });
  const clock = new ManualClock();
  const app = new Hono();
  const context = {
    log: wrapLog(log),
    snapshots: log,
    clock,
    metrics: createMetrics(),
    limits: { maxBytes },
    timings: { staleAfterMs: 15_000, selfCheckMs: 0 },
    turns: new Turns(),
    presence: { usersIn: () => [] },
    load: { queuedEvents: () => 0, clients: () => ({ connected: 0, slowestLag: 0 }) },
    ingestGate: new IngestGate(),
    logger: pino({ level: 'silent' }),
  };
  app.route('/', createMessagesSurface({ irc: [] }).routes(context));
  app.onError((error, { json }) => {
    if (!(error instanceof MillraceError)) throw error;
    const headers = error.retryAfterS === undefined ? {} : { 'retry-after': String(error.retryAfterS) };
    return json(errorBody(error, 'trace'), error.status as 400, headers);
  });
  const request = async (path: string, init: RequestInit = {}) => app.request(path, init);
  const send = (value: unknown, type = 'application/json') =>
    request('/api/messages', {
      method: 'POST',
      headers: { 'content-type': type },
      body: typeof value === 'string' ? value : JSON.stringify(value),
    });
  return {
    log,
    clock,
    request,
    /** `POST /api/messages` of a value as JSON, or of text. */
    send,
    /** Messages that must be taken. */
    async post(...values: readonly unknown[]) {
      const response = await send(values);
      if (response.status !== 201) throw new Error(`${response.status}: ${await response.text()}`);
      return messagesAcceptedSchema.parse(await response.json());
    },
    /** A read that must be answered. */
    async get<Schema extends z.ZodMiniType>(path: string, schema: Schema): Promise<z.infer<Schema>> {
      const response = await request(path);
      if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`);
      return schema.parse(await response.json());
    },
    async [Symbol.asyncDispose]() {
      await log[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
