import { readFile } from 'node:fs/promises';
import { followLog } from '../../../engine/log/follow-log.ts';
import type { LogRecord } from '../../../engine/log/log.ts';
import type { SurfaceContext } from '../../../engine/surface.ts';
import { toLogEvent } from '../message-body.ts';
import { appendUntilTaken } from './append-until-taken.ts';
import { configurationChanges, configuredById } from './configured-connectors.ts';
import { ALL_CONNECTORS, type StoredConnector } from './connector-rows.ts';
import { Delivery } from './delivery.ts';
import { HealthReport } from './health-report.ts';
import type { ConfiguredIrc } from './irc/irc-settings.ts';
import { DEFAULT_IRC_TIMINGS, type IrcTimings } from './irc/irc-timings.ts';
import { ADDED, type AddedBody, addedEvent, REMOVED, type RemovedBody } from './records.ts';

export interface ConnectorSetOptions {
  /** `MILLRACE_IRC`. */
  readonly irc: readonly ConfiguredIrc[];
  readonly timings?: Partial<IrcTimings>;
  /** In [0, 1). Default Math.random. */
  readonly random?: () => number;
  /** Most messages of one connector that wait for the log. Default 10000. */
  readonly maxWaiting?: number;
}

type Uses = Pick<SurfaceContext, 'log' | 'snapshots' | 'clock' | 'logger' | 'ingestGate'>;

interface Running {
  readonly settings: string;
  readonly stop: () => Promise<void>;
}

const RETRY_MS = 1_000;
const REFRESH_MS = 60 * 60 * 1_000;

/**
 * Runs the connectors that the log names: those it holds at the start, and those that are added and removed from then on,
 * whoever records it. Configured ones are recorded at the start. While ingestion is paused none of them is connected.
 */
export class ConnectorSet implements AsyncDisposable {
  readonly #uses: Uses;
  readonly #options: ConnectorSetOptions;
  readonly #configured: ReadonlyMap<string, ConfiguredIrc>;
  readonly #running = new Map<string, Running>();
  readonly #ended = new AbortController();
  /** One thing after another, so that a connector has ended before another with its id begins. */
  #work: Promise<void>;

  constructor(uses: Uses, options: ConnectorSetOptions) {
    this.#uses = uses;
    this.#options = options;
    this.#configured = configuredById(options.irc);
    const stopListening = uses.ingestGate.onChange(() => this.#queue(() => this.#restart()));
    this.#ended.signal.addEventListener('abort', stopListening, { once: true });
    this.#work = this.#load();
    this.#refreshLater();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended.abort();
    await this.#work;
    await Promise.all([...this.#running.values()].map(({ stop }) => stop()));
  }

  async #load(): Promise<void> {
    const { log, snapshots, logger } = this.#uses;
    try {
      const stored = await snapshots.snapshot<[StoredConnector]>([ALL_CONNECTORS]);
      const changes = configurationChanges(stored.results[0], this.#configured);
      if (changes.length > 0 && !(await appendUntilTaken(this.#patientLog, changes, this.#ended.signal))) return;
      const { cursor, results } = await snapshots.snapshot<[StoredConnector]>([ALL_CONNECTORS]);
      await this.#runExactly(results[0]);
      if (this.#ended.signal.aborted) return;
      const following = followLog({
        log,
        after: cursor.seq,
        onRecords: (records) => this.#note(records),
        onLost: (reason) => {
          logger.warn({ err: reason }, 'following the log for connectors begins again');
          this.#later(RETRY_MS, () => this.#load());
        },
      });
      this.#ended.signal.addEventListener('abort', () => following[Symbol.dispose](), { once: true });
    } catch (error) {
      if (this.#ended.signal.aborted) return;
      logger.warn({ err: error }, 'the connectors could not be read and are read again');
      this.#later(RETRY_MS, () => this.#load());
    }
  }

  async #runExactly(rows: readonly StoredConnector[]): Promise<void> {
    const wanted = new Map(rows.flatMap(({ id, settings }) => (settings === null ? [] : [[id, settings] as const])));
    for (const id of [...this.#running.keys()]) if (!wanted.has(id)) await this.#stop(id);
    for (const [id, settings] of wanted) await this.#start(id, settings);
  }

  #note(records: readonly LogRecord[]): void {
    for (const { type, body } of records) {
      if (type === ADDED) {
        const { id, settings } = JSON.parse(body) as AddedBody;
        this.#queue(() => this.#start(id, JSON.stringify(settings)));
      } else if (type === REMOVED) {
        const { id } = JSON.parse(body) as RemovedBody;
        this.#queue(() => this.#stop(id));
      }
    }
  }

  /** One that runs with these settings goes on undisturbed. */
  async #start(id: string, settings: string): Promise<void> {
    if (this.#running.get(id)?.settings === settings) return;
    await this.#stop(id);
    // A server without connectors starts without its code.
    const { IrcConnector } = await import('./irc/irc-connector.ts');
    if (this.#ended.signal.aborted) return;
    const { clock, logger, ingestGate } = this.#uses;
    const { timings, maxWaiting } = this.#options;
    const parts = new AsyncDisposableStack();
    const health = parts.use(new HealthReport({ ...this.#patientLog, id, logger }));
    const onLost = (count: number, reason: string) => health.failed(reason, count);
    const waiting = maxWaiting === undefined ? {} : { maxWaiting };
    const delivery = parts.use(new Delivery({ ...this.#patientLog, ...waiting, onLost }));
    if (ingestGate.isOpen) {
      parts.use(
        new IrcConnector({
          id,
          settings: JSON.parse(settings) as AddedBody['settings'],
          ...secretsOf(this.#configured.get(id)),
          clock,
          random: this.#patientLog.random,
          timings: { ...DEFAULT_IRC_TIMINGS, ...timings },
          deliver(message) {
            // It is being ended, and what is said to it meanwhile was said after the pause.
            if (!ingestGate.isOpen) return;
            // The time may be made up by the connector, so it doesn't decide whether a message is a repeated one.
            delivery.push(toLogEvent(message, { ...message, sent_at: undefined }));
          },
          health,
        }),
      );
    } else {
      health.liveness('paused');
    }
    this.#running.set(id, { settings, stop: () => parts.disposeAsync() });
  }

  /** Ingestion was paused, or goes on. */
  async #restart(): Promise<void> {
    const running = [...this.#running];
    await Promise.all(running.map(([id]) => this.#stop(id)));
    for (const [id, { settings }] of running) await this.#start(id, settings);
  }

  async #stop(id: string): Promise<void> {
    const running = this.#running.get(id);
    this.#running.delete(id);
    await running?.stop();
  }

  /**
   * Retention removes the record that added a connector, but not its row. So that a later rebuild of the rows from the
   * log finds it, the record is written anew when it has come into the older half of what is kept.
   */
  async #refresh(): Promise<void> {
    const { log, snapshots } = this.#uses;
    const trimmed = log.trimmed().seq;
    const middle = trimmed + (log.head().seq - trimmed) / 2;
    const { results } = await snapshots.snapshot<[StoredConnector]>([ALL_CONNECTORS]);
    const old = results[0].flatMap(({ id, origin, settings, added_seq: addedSeq }) =>
      settings === null || origin === 'built-in' || addedSeq >= middle || trimmed === 0
        ? []
        : [addedEvent({ id, kind: 'irc', origin, settings: JSON.parse(settings) })],
    );
    if (old.length > 0) await appendUntilTaken(this.#patientLog, old, this.#ended.signal);
  }

  #refreshLater(): void {
    this.#later(REFRESH_MS, async () => {
      this.#refreshLater();
      await this.#refresh();
    });
  }

  get #patientLog() {
    const { log, clock } = this.#uses;
    return { log, clock, random: this.#options.random ?? Math.random };
  }

  #later(ms: number, action: () => Promise<void>): void {
    const cancel = this.#uses.clock.schedule(ms, () => {
      this.#ended.signal.removeEventListener('abort', cancel);
      this.#queue(action);
    });
    this.#ended.signal.addEventListener('abort', cancel, { once: true });
  }

  #queue(action: () => Promise<void>): void {
    this.#work = this.#work.then(action).catch((error: unknown) => {
      this.#uses.logger.error({ err: error }, 'a connector could not be started or ended');
    });
  }
}

function secretsOf(configured: ConfiguredIrc | undefined) {
  const { password, ca_file: caFile } = configured ?? {};
  return {
    ...(password === undefined ? {} : { password }),
    ...(caFile === undefined ? {} : { loadCa: () => readFile(caFile, 'utf8') }),
  };
}
