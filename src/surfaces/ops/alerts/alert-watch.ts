import { followLog } from '../../../engine/log/follow-log.ts';
import type { LogRecord } from '../../../engine/log/log.ts';
import type { Alert } from '../events.ts';
import { AlertFold } from './alert-fold.ts';
import type { AlertRule } from './alert-rules.ts';
import { AlertWriter, type AlertWriterContext } from './alert-writer.ts';
import type { FigureSource } from './figures.ts';
import { MeasureFold } from './measure-fold.ts';
import type { StoredMatches } from './recent-matches.ts';
import type { AlertBody } from './records.ts';

export interface AlertWatchOptions {
  readonly rules: readonly AlertRule[];
  readonly figures: Pick<FigureSource, 'read'>;
  /** Records after which it is stored how far the log was looked at. Default 50,000. */
  readonly storePositionEvery?: number;
}

/** Figures are compared, and deadlines looked at, this often; also when a failed start is tried again. */
const LOOK_MS = 1_000;
const STORE_POSITION_EVERY = 50_000;
/** Matches that may be stored with a position: while there are more, a restart looks further back. */
const MAX_STORED_MATCHES = 5_000;

const OPEN = `SELECT body FROM ops_alert WHERE state = 'raised' ORDER BY seq`;
const CLEARED_SINCE = `
  SELECT body FROM ops_alert
  WHERE state = 'cleared' AND through_seq > coalesce((SELECT through_seq FROM ops_alert_position), 0)`;
const POSITION = 'SELECT through_seq, matches FROM ops_alert_position';

/**
 * Raises and clears alerts: follows the log from where it was looked at last, and takes figures at an interval. What it
 * finds goes into the log, where it is read from at the next start.
 */
export class AlertWatch implements AsyncDisposable {
  readonly #context: AlertWriterContext;
  readonly #options: AlertWatchOptions;
  readonly #writer: AlertWriter;
  readonly #measures: MeasureFold;
  #fold: AlertFold;
  #following: Disposable | undefined;
  #position = 0;
  #storedPosition = 0;
  /** The head of the log when it began: what came before is history, of which only the outcome is told. */
  #currentFrom = 0;
  #isCurrent = false;
  #cancelTimer = () => {};
  #work: Promise<void>;
  #isOver = false;

  constructor(context: AlertWriterContext, options: AlertWatchOptions) {
    this.#context = context;
    this.#options = options;
    this.#writer = new AlertWriter(context);
    this.#measures = new MeasureFold(options.rules.filter((rule) => rule.kind === 'measure'));
    this.#fold = this.#newFold();
    this.#work = this.#attempt();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    this.#cancelTimer();
    this.#following?.[Symbol.dispose]();
    await this.#work;
    await this.#writer[Symbol.asyncDispose]();
  }

  /** Open alerts that the log does not have yet; while it takes no writes, they are known here only. */
  unrecorded(): readonly Alert[] {
    return this.#writer.unrecorded();
  }

  async #load(): Promise<void> {
    const { log, snapshots, clock, logger } = this.#context;
    this.#writer.hold();
    const { cursor, results } = await snapshots.snapshot<
      [{ body: string }, { body: string }, { through_seq: number; matches: string }]
    >([{ sql: OPEN }, { sql: CLEARED_SINCE }, { sql: POSITION }]);
    if (this.#isOver) return;
    const [open, cleared, [position]] = results;
    const alerts = [...open, ...cleared].map(({ body }) => JSON.parse(body) as AlertBody);
    const matches = JSON.parse(position?.matches ?? '[]') as StoredMatches[];
    this.#fold = this.#newFold();
    for (const { id, state } of alerts) if (state === 'raised') this.#writer.know(id);
    this.#fold.restore({ alerts, matches }, clock.now());
    this.#storedPosition = position?.through_seq ?? 0;
    // What retention has removed was not looked at, and never will be.
    this.#position = Math.max(this.#storedPosition, log.trimmed().seq);
    this.#currentFrom = cursor.seq;
    this.#isCurrent = false;
    this.#following = followLog({
      log,
      after: this.#position,
      onRecords: (records) => this.#note(records),
      onLost: (reason) => {
        logger.warn({ err: reason }, 'following the log for alerts begins again');
        this.#following = undefined;
      },
    });
    this.#becomeCurrent();
  }

  #note(records: readonly LogRecord[]): void {
    for (const record of records) {
      this.#apply(record);
      this.#position = record.seq;
    }
    this.#becomeCurrent();
    const every = this.#options.storePositionEvery ?? STORE_POSITION_EVERY;
    if (this.#position - this.#storedPosition < every) return;
    if (this.#fold.storedMatches().length > MAX_STORED_MATCHES) return;
    this.#storedPosition = this.#position;
    this.#writer.storePosition(() => ({ through_seq: this.#position, matches: this.#fold.storedMatches() }));
  }

  #apply(record: LogRecord): void {
    try {
      this.#fold.apply(record);
    } catch (error) {
      // A body that no rule can read must not end the watch.
      this.#context.logger.error({ err: error, seq: record.seq, type: record.type }, 'a record could not be judged');
    }
  }

  #becomeCurrent(): void {
    if (this.#isCurrent || this.#position < this.#currentFrom) return;
    this.#isCurrent = true;
    this.#writer.release();
  }

  async #look(): Promise<void> {
    if (!this.#following) return this.#load();
    if (!this.#isCurrent) return;
    const { clock } = this.#context;
    const figures = await this.#options.figures.read();
    if (this.#isOver || !this.#isCurrent) return;
    const now = clock.now();
    this.#measures.observe(this.#fold, figures, { now, monotonic: clock.monotonic() });
    this.#fold.expire(now);
  }

  async #attempt(): Promise<void> {
    try {
      await this.#look();
    } catch (error) {
      if (!this.#isOver) this.#context.logger.warn({ err: error }, 'looking for alerts failed and is tried again');
    }
    if (this.#isOver) return;
    this.#cancelTimer = this.#context.clock.schedule(LOOK_MS, () => {
      this.#work = this.#attempt();
    });
  }

  #newFold(): AlertFold {
    return new AlertFold({ rules: this.#options.rules, onChange: (change) => this.#writer.add(change) });
  }
}
