import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Hono } from 'hono';
import { pino } from 'pino';
import { type Clock, systemClock } from '../../../../engine/clock.ts';
import { IngestGate } from '../../../../engine/ingest-gate.ts';
import type { Log, LogRecord } from '../../../../engine/log/log.ts';
import { SqliteLog } from '../../../../engine/log/sqlite/sqlite-log.ts';
import { createMetrics } from '../../../../engine/metrics.ts';
import { Turns } from '../../../../engine/turns.ts';
import { type Connector, connectorsSchema } from '../../../../protocol/connector.ts';
import { errorBody, MillraceError } from '../../../../protocol/errors.ts';
import { type Message, POSTED } from '../../events.ts';
import { addConnectorRoutes } from '../connector-routes.ts';
import { ConnectorSet, type ConnectorSetOptions } from '../connector-set.ts';
import { type ConfiguredIrc, configuredIrcSchema } from '../irc/irc-settings.ts';

export interface ConnectorSystemOptions extends Partial<Omit<ConnectorSetOptions, 'irc'>> {
  /** Elements of `MILLRACE_IRC`. */
  readonly irc?: readonly object[];
  readonly folder?: string;
  /** Stands between the connectors and the log. */
  readonly wrapLog?: (log: Log) => Log;
  readonly clock?: Clock;
  readonly retentionEvents?: number;
  /** Whether connectors run. Default true. */
  readonly isStarted?: boolean;
  /** Default: one that is open. */
  readonly ingestGate?: IngestGate;
}

export type ConnectorSystem = Awaited<ReturnType<typeof connectorSystem>>;

/** Connectors and their routes on a real log in a folder of its own. */
export async function connectorSystem(options: ConnectorSystemOptions = {}) {
  const { wrapLog = (own) => own, clock = systemClock, isStarted = true, ingestGate = new IngestGate() } = options;
  const unlimited = Number.POSITIVE_INFINITY;
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'millrace-connectors-'));
  const log = await SqliteLog.open({
    path: join(folder, 'millrace.db'),
    entry: new URL('./log-writer.ts', import.meta.url),
    retention: { maxEvents: options.retentionEvents ?? unlimited, maxAgeMs: unlimited, maxBytes: unlimited },
    retentionIntervalMs: 10,
  });
  const lines: string[] = [];
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
    ingestGate,
    logger: pino({ level: 'info' }, { write: (line) => void lines.push(line) }),
  };
  const routes = new Hono();
  addConnectorRoutes(routes, context);
  routes.onError((error, { json }) => {
    if (!(error instanceof MillraceError)) throw error;
    return json(errorBody(error, 'trace'), error.status as 400);
  });
  const irc = (options.irc ?? []).map((one): ConfiguredIrc => configuredIrcSchema.parse(one));
  const set = isStarted ? new ConnectorSet(context, { ...options, irc }) : undefined;
  const stop = async () => {
    await set?.[Symbol.asyncDispose]();
    await log[Symbol.asyncDispose]();
  };

  const records = async (): Promise<readonly LogRecord[]> => {
    const slice = await log.read(log.trimmed().seq, 1_000_000);
    if (slice.kind === 'expired') throw new Error('retention was faster');
    return slice.records;
  };
  const connectors = async (): Promise<readonly Connector[]> => {
    const response = await routes.request('/api/connectors');
    return connectorsSchema.parse(await response.json()).connectors;
  };
  return {
    log,
    folder,
    /** What was logged. */
    lines,
    records,
    connectors,
    request: async (url: string, init: RequestInit = {}) => routes.request(url, init),
    post: async (value: unknown) =>
      routes.request('/api/connectors', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(value),
      }),
    async connector(id: string): Promise<Connector> {
      const row = (await connectors()).find((other) => other.id === id);
      if (!row) throw new Error(`there is no connector ${id}`);
      return row;
    },
    /** The stored messages, in the order of the log. */
    async messages(): Promise<Pick<Message, 'user' | 'channel' | 'text' | 'sent_at' | 'id' | 'display_name'>[]> {
      return (await records()).filter(({ type }) => type === POSTED).map(({ body }) => JSON.parse(body));
    },
    /** Ends it and leaves the folder. */
    stop,
    async [Symbol.asyncDispose]() {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
