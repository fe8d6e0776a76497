import { type Cursor, formatCursor } from '../protocol/cursor.ts';
import type { Clock } from './clock.ts';
import type { HeartbeatMembers } from './feed.ts';

/** A view's heartbeat is measured anew at most this often, however many read it. */
const MEASURE_MS = 1_000;
/** What every heartbeat says itself. */
const OWN_MEMBERS: ReadonlySet<string> = new Set(['type', 'cursor', 'at']);

export interface HeartbeatOptions {
  readonly clock: Clock;
  /** What the heartbeats of a view carry beside what every heartbeat says. */
  readonly measure: () => HeartbeatMembers;
  /** Told of a measurement that failed: the heartbeat then carries nothing. */
  readonly onFailed: (error: unknown) => void;
}

/** What the heartbeats of one view carry, as text that all its readers share. */
export class MeasuredMembers {
  readonly #options: HeartbeatOptions;
  #text = '';
  #dueAt = Number.NEGATIVE_INFINITY;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
  }

  /** Members of a JSON object, each with a comma before it. */
  text(): string {
    const { clock, measure, onFailed } = this.#options;
    const now = clock.monotonic();
    if (now < this.#dueAt) return this.#text;
    this.#dueAt = now + MEASURE_MS;
    try {
      const members = Object.entries(measure()).filter(([name]) => !OWN_MEMBERS.has(name));
      this.#text = members.length === 0 ? '' : `,${JSON.stringify(Object.fromEntries(members)).slice(1, -1)}`;
    } catch (error) {
      this.#text = '';
      onFailed(error);
    }
    return this.#text;
  }
}

/** The heartbeat of a reader that has reached `cursor`; `now` is wall-clock time. */
export function heartbeatText(cursor: Cursor, now: number, members: MeasuredMembers | undefined): string {
  const at = new Date(now).toISOString();
  return `{"type":"heartbeat","cursor":"${formatCursor(cursor)}","at":"${at}"${members?.text() ?? ''}}`;
}
