import { Hono } from 'hono';
import { pino } from 'pino';
import { RequestAudit } from '../../../../engine/audit/request-audit.ts';
import type { LogRecord } from '../../../../engine/log/log.ts';
import { ManualClock } from '../../../../engine/manual-clock.ts';
import { createMetrics } from '../../../../engine/metrics.ts';
import { Turns } from '../../../../engine/turns.ts';
import { errorBody, MillraceError } from '../../../../protocol/errors.ts';
import type { Alert } from '../../events.ts';
import { type AlertRow, alertPage, alertsOfRows } from '../alert-queries.ts';
import { addAlertRoutes } from '../alert-routes.ts';
import type { AlertRule } from '../alert-rules.ts';
import { AlertWatch, type AlertWatchOptions } from '../alert-watch.ts';
import { type DiskSpace, FigureSource } from '../figures.ts';
import { ALERT_CHANGED, alertOf } from '../records.ts';
import { writerLog } from './writer-log.ts';

const GIB = 1024 ** 3;

/** The watch and its routes on the real writer, with a clock and a disk that the test moves. */
export function alertSystem(rules: readonly AlertRule[], options: Partial<AlertWatchOptions> = {}) {
  const clock = new ManualClock();
  const { log, database, refuse, keepOnly } = writerLog(clock);
  const metrics = createMetrics();
  const lines: string[] = [];
  const logger = pino({ level: 'info' }, { write: (line) => void lines.push(line) });
  const context = { log, snapshots: log, clock, metrics, turns: new Turns(), logger };
  let disk: DiskSpace | undefined = { freeBytes: 50 * GIB, totalBytes: 100 * GIB };
  const measureDisk = async () => {
    if (!disk) throw new Error('there is no such disk');
    return disk;
  };
  const open = () =>
    new AlertWatch(context, {
      rules,
      figures: new FigureSource({ log, metrics, clock, logger, measureDisk }),
      ...options,
    });
  let watch = open();
  const app = new Hono();
  addAlertRoutes(app, { context, unrecorded: () => watch.unrecorded() });
  app.onError((error, { json }) => {
    if (!(error instanceof MillraceError)) throw error;
    return json(errorBody(error, 'trace'), error.status as 400);
  });
  const settle = async () => {
    for (let round = 0; round < 12; round += 1) await new Promise((resolve) => setImmediate(resolve));
  };
  const page = async (state: 'open' | 'cleared' | 'all'): Promise<Alert[]> => {
    const query = alertPage({ state, severity: undefined, before: undefined }, 5_000);
    return alertsOfRows((await log.snapshot<[AlertRow]>([query])).results[0]);
  };
  return {
    log,
    database,
    clock,
    metrics,
    lines,
    refuse,
    keepOnly,
    settle,
    setDisk(space: DiskSpace | undefined) {
      disk = space;
    },
    append: (type: string, ...bodies: readonly object[]) =>
      log.append(bodies.map((body) => ({ type, channel: 'test', body: JSON.stringify(body) }))),
    /** Lets time pass, second by second, and what is due be done. */
    async pass(seconds: number) {
      for (let second = 0; second < seconds; second += 1) {
        clock.advance(1_000);
        await settle();
      }
    },
    unrecorded: () => watch.unrecorded(),
    open: () => page('open'),
    cleared: () => page('cleared'),
    /** Every alert record, oldest first. */
    async told(): Promise<Alert[]> {
      const slice = await log.read(log.trimmed().seq, 1_000_000);
      const records: readonly LogRecord[] = slice.kind === 'records' ? slice.records : [];
      return records.filter(({ type }) => type === ALERT_CHANGED).map(({ body }) => alertOf(body));
    },
    /** Ends the watch, lets something happen, and begins another on the same log. */
    async restart(between: () => unknown = () => {}) {
      await watch[Symbol.asyncDispose]();
      await between();
      watch = open();
    },
    /** A request of ada, with its answer. */
    async call(method: string, path: string) {
      const audit = new RequestAudit('127.0.0.1', { action: '', resource_type: '', resource_id: '' });
      const ada = async () => ({ sub: 'ada' });
      const identity = { principal: ada, required: ada };
      const response = await app.request(path, { method }, { audit, identity, remoteAddress: () => '127.0.0.1' });
      // biome-ignore lint/suspicious/noExplicitAny: each test says what it expects of it
      return { status: response.status, body: (await response.json()) as any };
    },
    async [Symbol.asyncDispose]() {
      await watch[Symbol.asyncDispose]();
      await log[Symbol.asyncDispose]();
    },
  };
}
