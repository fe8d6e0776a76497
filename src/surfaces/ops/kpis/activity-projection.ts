import type { LogRecord } from '../../../engine/log/log.ts';
import type { Outcome, OutcomeOf } from '../../../engine/outcome.ts';
import type { Projection, ProjectionDatabase, ProjectionWriter } from '../../../engine/store/projection.ts';
import { addOutcome, NO_CHANGE, type StreakChange } from './streak-change.ts';

export const MINUTE_MS = 60_000;
/** Minutes that are kept: the longest range of the timeline, and an hour more. */
export const KEPT_MINUTES = 25 * 60;

/**
 * Events and failures by minute of commit, and the failures in a row that go on now. `ops_streak` has a row for each
 * thing whose newest outcome was a failure that has not lapsed; one whose newest failure retention has removed is
 * forgotten, so that the table cannot outgrow the log. `ops_outcome` says where the newest outcome of all stands.
 */
export function activityProjection(outcomesOf: readonly OutcomeOf[]): Projection {
  return {
    name: 'ops-activity',
    version: 1,
    create: `
      CREATE TABLE ops_minute (
        minute INTEGER PRIMARY KEY,
        first_seq INTEGER NOT NULL,
        events INTEGER NOT NULL,
        failures INTEGER NOT NULL
      ) STRICT;
      CREATE TABLE ops_streak (
        name TEXT PRIMARY KEY,
        failures INTEGER NOT NULL,
        last_seq INTEGER NOT NULL,
        lapses_at INTEGER
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX ops_streak_by_failures ON ops_streak (failures, last_seq);
      CREATE INDEX ops_streak_by_lapse ON ops_streak (lapses_at) WHERE lapses_at IS NOT NULL;
      CREATE TABLE ops_outcome (id INTEGER PRIMARY KEY CHECK (id = 1), last_seq INTEGER NOT NULL) STRICT;`,
    drop: ['minute', 'streak', 'outcome'].map((table) => `DROP TABLE IF EXISTS ops_${table};`).join('\n'),
    open: (database) => new ActivityWriter(database, outcomesOf),
  };
}

interface MinuteTotals {
  readonly firstSeq: number;
  events: number;
  failures: number;
}

interface Streak {
  readonly change: StreakChange;
  /** When the first of the batch came: whether what was before it had lapsed by then. */
  readonly firstAt: number;
  readonly last: LogRecord;
  readonly lapsesAt: number | null;
}

class ActivityWriter implements ProjectionWriter {
  readonly #outcomesOf: readonly OutcomeOf[];
  readonly #addMinute;
  readonly #forgetMinutes;
  readonly #setStreak;
  readonly #endStreak;
  readonly #forgetLapsed;
  readonly #setOutcome;
  readonly #trimStreaks;

  constructor(database: ProjectionDatabase, outcomesOf: readonly OutcomeOf[]) {
    this.#outcomesOf = outcomesOf;
    this.#addMinute = database.prepare(
      `INSERT INTO ops_minute VALUES (?, ?, ?, ?) ON CONFLICT (minute) DO UPDATE SET
         events = events + excluded.events, failures = failures + excluded.failures`,
    );
    this.#forgetMinutes = database.prepare('DELETE FROM ops_minute WHERE minute <= ?');
    this.#setStreak = database.prepare(
      `INSERT INTO ops_streak VALUES (?1, ?2, ?3, ?4) ON CONFLICT (name) DO UPDATE SET
         failures = ?2 + iif(?5 OR lapses_at <= ?6, 0, failures), last_seq = ?3, lapses_at = ?4`,
    );
    this.#endStreak = database.prepare('DELETE FROM ops_streak WHERE name = ?');
    this.#forgetLapsed = database.prepare('DELETE FROM ops_streak WHERE lapses_at <= ?');
    this.#setOutcome = database.prepare('INSERT OR REPLACE INTO ops_outcome VALUES (1, ?)');
    this.#trimStreaks = database.prepare('DELETE FROM ops_streak WHERE last_seq <= ?');
  }

  /** One write per minute and per thing, however many records there are. */
  apply(records: readonly LogRecord[]): void {
    const minutes = new Map<number, MinuteTotals>();
    const streaks = new Map<string, Streak>();
    for (const record of records) {
      const totals = minuteOf(minutes, record);
      totals.events += 1;
      const outcome = this.#outcomeOf(record);
      if (!outcome) continue;
      if (outcome.kind === 'failed') totals.failures += 1;
      note(streaks, outcome, record);
    }
    for (const [minute, { firstSeq, events, failures }] of minutes) {
      this.#addMinute.run(minute, firstSeq, events, failures);
    }
    this.#forgetMinutes.run(Math.max(...minutes.keys()) - KEPT_MINUTES);
    if (streaks.size > 0) this.#writeStreaks(streaks);
  }

  trim(through: number): void {
    this.#trimStreaks.run(through);
  }

  #outcomeOf(record: LogRecord): Outcome | undefined {
    for (const outcomeOf of this.#outcomesOf) {
      const outcome = outcomeOf(record);
      if (outcome) return outcome;
    }
    return undefined;
  }

  #writeStreaks(streaks: ReadonlyMap<string, Streak>): void {
    let newest = 0;
    let now = 0;
    for (const { last } of streaks.values()) {
      newest = Math.max(newest, last.seq);
      now = Math.max(now, last.at);
    }
    this.#setOutcome.run(newest);
    for (const [name, { change, firstAt, last, lapsesAt }] of streaks) {
      const { failures, isNewRow } = change;
      if (failures > 0) this.#setStreak.run(name, failures, last.seq, lapsesAt, isNewRow ? 1 : 0, firstAt);
      else this.#endStreak.run(name);
    }
    this.#forgetLapsed.run(now);
  }
}

function minuteOf(minutes: Map<number, MinuteTotals>, { seq, at }: LogRecord): MinuteTotals {
  const minute = Math.floor(at / MINUTE_MS);
  const known = minutes.get(minute);
  if (known) return known;
  const totals = { firstSeq: seq, events: 0, failures: 0 };
  minutes.set(minute, totals);
  return totals;
}

function note(streaks: Map<string, Streak>, { of, kind, lapsesAfterMs }: Outcome, record: LogRecord): void {
  const known = streaks.get(of);
  const hasLapsed = known !== undefined && known.lapsesAt !== null && known.lapsesAt <= record.at;
  const before = hasLapsed ? addOutcome(known.change, 'ended') : (known?.change ?? NO_CHANGE);
  const lapsesAt = lapsesAfterMs === undefined ? null : record.at + lapsesAfterMs;
  streaks.set(of, { change: addOutcome(before, kind), firstAt: known?.firstAt ?? record.at, last: record, lapsesAt });
}
