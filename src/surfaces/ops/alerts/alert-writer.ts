import type { SurfaceContext } from '../../../engine/surface.ts';
import type { Alert } from '../events.ts';
import type { AlertChange } from './alert-fold.ts';
import { type Acknowledgement, acknowledgements } from './alert-queries.ts';
import { alertEvent, type EvaluatedBody, evaluatedEvent } from './records.ts';

export type AlertWriterContext = Pick<SurfaceContext, 'log' | 'snapshots' | 'clock' | 'turns' | 'logger'>;

/** Whoever changes an alert takes turns by this key, so that nothing that was acknowledged is forgotten. */
export const ALERT_TURN = 'ops/alerts';

/** An open alert is told of this often at most, however often its cause comes. */
const UPDATE_EVERY_MS = 1_000;
/** When a log that refuses is asked again. */
const RETRY_MS = 1_000;
/** Changes that wait for the log; of more, the oldest that are over already are not told. */
const MAX_WAITING = 5_000;
/** Changes of one append. */
const MAX_APPENDED = 500;

interface Waiting extends AlertChange {
  /** Monotonic time. */
  readonly dueAt: number;
}

/** Appends alerts as they are when their turn comes: values are absolute, so what came between is not missed. */
export class AlertWriter implements AsyncDisposable {
  readonly #context: AlertWriterContext;
  readonly #waiting = new Map<string, Waiting>();
  /** When an open alert was told of last; monotonic time. */
  readonly #toldAt = new Map<string, number>();
  #evaluated: (() => EvaluatedBody) | undefined;
  #cancelTimer = () => {};
  #work: Promise<void> | undefined;
  #isHeld = true;
  #isOver = false;

  constructor(context: AlertWriterContext) {
    this.#context = context;
  }

  /** What was not stored by then is found again in the log by the next start. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    this.#cancelTimer();
    await this.#work;
  }

  /** Open alerts that the log has not taken yet. */
  unrecorded(): Alert[] {
    return [...this.#waiting.values()].flatMap(({ alert }) =>
      alert.state === 'raised' && !this.#toldAt.has(alert.id) ? [alert] : [],
    );
  }

  add({ alert, throughSeq }: AlertChange): void {
    const { id, state } = alert;
    const now = this.#context.clock.monotonic();
    const toldAt = this.#toldAt.get(id);
    const isUpdate = state === 'raised' && toldAt !== undefined;
    const dueAt = isUpdate ? Math.max(now, toldAt + UPDATE_EVERY_MS) : now;
    // It keeps its place: a cause's next alert is stored after the end of the one before.
    this.#waiting.set(id, { alert, throughSeq, dueAt: Math.min(this.#waiting.get(id)?.dueAt ?? dueAt, dueAt) });
    this.#forgetOldest();
    this.#begin();
  }

  /** Stores how far the log was looked at, and all that was found by then, in one append; asked for when it is written. */
  storePosition(evaluated: () => EvaluatedBody): void {
    this.#evaluated = evaluated;
    this.#begin();
  }

  /**
   * Begins anew with the open alerts that the log has. Until it is released it gathers: of what happened while nobody
   * looked, only how it ended is told.
   */
  hold(): void {
    this.#isHeld = true;
    this.#waiting.clear();
    this.#toldAt.clear();
    this.#evaluated = undefined;
  }

  /** The log has this open alert. */
  know(id: string): void {
    this.#toldAt.set(id, this.#context.clock.monotonic());
  }

  release(): void {
    this.#isHeld = false;
    this.#begin();
  }

  #forgetOldest(): void {
    if (this.#waiting.size <= MAX_WAITING) return;
    for (const [id, { alert }] of this.#waiting) {
      if (alert.state !== 'cleared' || this.#toldAt.has(id)) continue;
      this.#waiting.delete(id);
      return;
    }
  }

  #begin(): void {
    if (this.#isHeld || this.#isOver || this.#work) return;
    this.#cancelTimer();
    const now = this.#context.clock.monotonic();
    let next = this.#evaluated ? now : Number.POSITIVE_INFINITY;
    for (const { dueAt } of this.#waiting.values()) next = Math.min(next, dueAt);
    if (next === Number.POSITIVE_INFINITY) return;
    if (next > now) this.#later(next - now);
    else this.#work = this.#write();
  }

  #later(delayMs: number): void {
    this.#cancelTimer = this.#context.clock.schedule(delayMs, () => this.#begin());
  }

  async #write(): Promise<void> {
    let isTaken = false;
    try {
      await this.#context.turns.take(ALERT_TURN, () => this.#append());
      isTaken = true;
    } catch (error) {
      this.#context.logger.warn({ err: error }, 'alerts could not be stored and are tried again');
    }
    this.#work = undefined;
    if (this.#isOver) return;
    if (isTaken) this.#begin();
    else this.#later(RETRY_MS);
  }

  async #append(): Promise<void> {
    const { log, clock } = this.#context;
    const known = await this.#acknowledged();
    // From here to the append nothing may come between: the position belongs to these alerts.
    const now = clock.monotonic();
    const isAll = this.#evaluated !== undefined && this.#waiting.size <= MAX_APPENDED;
    const taken = [...this.#waiting.values()].filter(({ dueAt }) => isAll || dueAt <= now).slice(0, MAX_APPENDED);
    const events = taken.map(({ alert, throughSeq }) => {
      const { acknowledged_at = null, acknowledged_by = null } = known.get(alert.id) ?? {};
      return alertEvent({ ...alert, acknowledged_at, acknowledged_by }, throughSeq);
    });
    if (isAll && this.#evaluated) events.push(evaluatedEvent(this.#evaluated()));
    await log.append(events);
    if (isAll) this.#evaluated = undefined;
    for (const change of taken) {
      const { id, state } = change.alert;
      if (state === 'raised') this.#toldAt.set(id, now);
      else this.#toldAt.delete(id);
      if (this.#waiting.get(id) === change) this.#waiting.delete(id);
    }
  }

  async #acknowledged(): Promise<ReadonlyMap<string, Acknowledgement>> {
    const ids = [...this.#waiting.keys()];
    const { results } = await this.#context.snapshots.snapshot<[Acknowledgement]>([acknowledgements(ids)]);
    return new Map(results[0].map((row) => [row.id, row]));
  }
}
