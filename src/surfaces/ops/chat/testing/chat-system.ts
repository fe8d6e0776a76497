import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { systemClock } from '../../../../engine/clock.ts';
import type { Log } from '../../../../engine/log/log.ts';
import { SqliteLog } from '../../../../engine/log/sqlite/sqlite-log.ts';
import type { ChatMaterial } from '../chat-prompt.ts';
import { ChatRunner, type ChatRunnerOptions } from '../chat-runner.ts';
import { storedChat } from '../stored-chat.ts';

export interface ChatSystemOptions extends Pick<ChatRunnerOptions, 'model' | 'modelTimings' | 'maxAnswers'> {
  /** Stands between the chat and the log. */
  readonly wrapLog?: (log: Log) => Log;
}

export type ChatSystem = Awaited<ReturnType<typeof chatSystem>>;

const KPIS: ChatMaterial['kpis'] = {
  at: '2026-11-01T10:00:00.000Z',
  health: { state: 'healthy', reason: 'nothing fails' },
  queue_depth: 0,
  failure_streak: { count: 0, of: null },
  processed_events: 12,
  open_alerts: 0,
  clients: { connected: 1, slowest_lag: 0 },
  events_per_minute: 7,
  ingestion: { mode: 'running', by: null, since: null },
};

/** The chat on a real log, about a state that doesn't change. */
export async function chatSystem({ wrapLog = (own) => own, ...options }: ChatSystemOptions) {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-chat-'));
  const log = await SqliteLog.open({
    path: join(folder, 'millrace.db'),
    entry: new URL('./log-writer.ts', import.meta.url),
  });
  const stored = async () => storedChat.of((await log.snapshot<unknown[]>([...storedChat.queries])).results);
  const begin = () =>
    new ChatRunner({
      ...options,
      log: wrapLog(log),
      snapshots: log,
      clock: systemClock,
      logger: pino({ level: 'silent' }),
      readMaterial: async () => ({ kpis: KPIS, alerts: [], connectors: [], chat: { messages: await stored() } }),
    });
  const chat = begin();
  return {
    log,
    chat,
    /** Another server's chat on the same log. */
    begin,
    /** What the projection has. */
    stored,
    /** Every record of the chat: its type without the surface's name, and its body. */
    async told(): Promise<readonly { readonly type: string; readonly [member: string]: unknown }[]> {
      const slice = await log.read(0, 1_000_000);
      if (slice.kind === 'expired') throw new Error('nothing was to be removed');
      const own = slice.records.filter(({ type }) => type.startsWith('ops.chat_'));
      return own.map(({ type, body }) => ({ ...JSON.parse(body), type: type.slice('ops.'.length) }));
    },
    async [Symbol.asyncDispose]() {
      await chat[Symbol.asyncDispose]();
      await log[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
