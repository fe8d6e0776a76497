import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Hono } from 'hono';
import { pino } from 'pino';
import { RequestAudit } from '../../../engine/audit/request-audit.ts';
import type { Principal, Role } from '../../../engine/auth/principal.ts';
import { IngestGate } from '../../../engine/ingest-gate.ts';
import type { Log, LogRecord } from '../../../engine/log/log.ts';
import { SqliteLog } from '../../../engine/log/sqlite/sqlite-log.ts';
import { ManualClock } from '../../../engine/manual-clock.ts';
import { createMetrics } from '../../../engine/metrics.ts';
import { Turns } from '../../../engine/turns.ts';
import { errorBody, MillraceError } from '../../../protocol/errors.ts';
import { createProposalsSurface } from '../surface.ts';

export interface TestSurfaceOptions {
  /** Stands between the surface and the real log. */
  readonly wrapLog?: (log: SqliteLog) => Log;
  /** A folder of an earlier system, to go on with its log and its projects. */
  readonly folder?: string;
  readonly clock?: ManualClock;
}

/** The surface on a real log and a real folder of projects, and a clock that the test moves. Background work is started by `start`. */
export async function testSurface({
  wrapLog = (own) => own,
  folder: given,
  clock = new ManualClock(),
}: TestSurfaceOptions = {}) {
  const folder = given ?? realpathSync(mkdtempSync(join(tmpdir(), 'millrace-proposals-')));
  const root = join(folder, 'root');
  mkdirSync(root, { recursive: true });
  const entry = new URL('./log-writer.ts', import.meta.url);
  const log = await SqliteLog.open({ entry, path: join(folder, 'millrace.db') });
  const context = {
    log: wrapLog(log),
    snapshots: log,
    clock,
    metrics: createMetrics(),
    limits: { maxBytes: 1_048_576 },
    timings: { staleAfterMs: 15_000, selfCheckMs: 0 },
    turns: new Turns(),
    presence: { usersIn: () => [] },
    load: { queuedEvents: () => 0, clients: () => ({ connected: 0, slowestLag: 0 }) },
    ingestGate: new IngestGate(),
    logger: pino({ level: 'silent' }),
  };
  const surface = createProposalsSurface({ projectsRoot: root });
  const app = new Hono();
  app.route('/', surface.routes(context));
  app.onError((error, { json }) => {
    if (!(error instanceof MillraceError)) throw error;
    return json(errorBody(error, 'trace'), error.status as 400);
  });
  return {
    log,
    context,
    clock,
    folder,
    root,
    surface,
    start: () => surface.start?.({ ...context, selfChecks: [] }),
    /** Writes a file of a change as an editor would. */
    plant(path: string, content: string) {
      const file = join(root, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
    },
    /** A request of somebody, with a JSON body. */
    async call(person: Principal, method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
      const audit = new RequestAudit('127.0.0.1', { action: '', resource_type: '', resource_id: '' });
      const identity = { principal: async () => person, required: async () => person };
      const init = {
        method,
        headers: { 'content-type': 'application/json', ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      };
      const response = await app.request(path, init, { audit, identity, remoteAddress: () => '127.0.0.1' });
      // biome-ignore lint/suspicious/noExplicitAny: each test says what it expects of it
      return { status: response.status, body: (await response.json()) as any };
    },
    /** Every record of the log of this surface. */
    async records(): Promise<readonly LogRecord[]> {
      const slice = await log.read(0, 10_000);
      return slice.kind === 'records' ? slice.records.filter(({ type }) => type.startsWith('proposals.')) : [];
    },
    async [Symbol.asyncDispose]() {
      await log[Symbol.asyncDispose]();
      if (given === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Somebody whose token is good for ever. */
export function personOf(sub: string, ...roles: readonly Role[]): Principal {
  return {
    sub,
    roles: new Set(roles),
    projects: '*',
    tokenId: undefined,
    issuedAt: 0,
    expiresAt: Number.MAX_SAFE_INTEGER,
  };
}
