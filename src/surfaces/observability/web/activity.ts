/** The windows the chart offers, in minutes. */
export const ACTIVITY_WINDOWS = [1, 5, 15] as const;
export type ActivityWindow = (typeof ACTIVITY_WINDOWS)[number];

const COLUMNS = 60;
const SECONDS_KEPT = 15 * 60;

/** Events per second by type over one window, in 60 columns. */
export interface ActivitySeries {
  /** Start of each column in seconds since 1970. */
  readonly times: readonly number[];
  readonly columnSeconds: number;
  /** Start of what was counted completely, in seconds since 1970; minus infinity when that is everything. */
  readonly countedFrom: number;
  /** Busiest first; types beyond `maxTypes` are summed up as {@link OTHER_TYPES}. */
  readonly types: readonly { readonly type: string; readonly total: number; readonly rates: readonly number[] }[];
  readonly total: number;
}

export const OTHER_TYPES = 'other';

/** Counts of the last 15 minutes by second and type; late events land in their own second. */
export class Activity {
  #seconds = new Map<number, Map<string, number>>();
  #countedFrom = Number.NEGATIVE_INFINITY;

  /** Says from when on everything was counted; earlier columns may be missing events. */
  countFrom(atMs: number): void {
    this.#countedFrom = atMs;
  }

  add(atMs: number, type: string, nowMs: number): void {
    // A sender's clock that runs ahead must not hide its events: they count as of now.
    const second = Math.floor(Math.min(atMs, nowMs) / 1_000);
    if (second <= nowMs / 1_000 - SECONDS_KEPT) return;
    let counts = this.#seconds.get(second);
    if (!counts) {
      counts = new Map();
      this.#seconds.set(second, counts);
      this.#forget(nowMs);
    }
    counts.set(type, (counts.get(type) ?? 0) + 1);
  }

  clear(): void {
    this.#seconds.clear();
    this.#countedFrom = Number.NEGATIVE_INFINITY;
  }

  /** Events per second over the last `seconds` whole seconds. */
  rate(nowMs: number, seconds: number): number {
    const current = Math.floor(nowMs / 1_000);
    let sum = 0;
    for (let second = current - seconds; second < current; second += 1) {
      for (const count of this.#seconds.get(second)?.values() ?? []) sum += count;
    }
    return sum / seconds;
  }

  series(nowMs: number, window: ActivityWindow, maxTypes: number): ActivitySeries {
    const columnSeconds = (window * 60) / COLUMNS;
    const lastColumn = Math.floor(nowMs / 1_000 / columnSeconds);
    const firstColumn = lastColumn - COLUMNS + 1;
    const counts = new Map<string, number[]>();
    for (const [second, byType] of this.#seconds) {
      const column = Math.floor(second / columnSeconds) - firstColumn;
      if (column < 0 || column >= COLUMNS) continue;
      for (const [type, count] of byType) {
        const columns = counts.get(type) ?? new Array<number>(COLUMNS).fill(0);
        columns[column] = (columns[column] ?? 0) + count;
        counts.set(type, columns);
      }
    }
    const ranked = [...counts]
      .map(([type, columns]) => ({ type, total: sum(columns), columns }))
      .sort((a, b) => b.total - a.total || a.type.localeCompare(b.type));
    const types = foldRest(ranked, maxTypes).map(({ type, total, columns }) => ({
      type,
      total,
      rates: columns.map((count) => count / columnSeconds),
    }));
    return {
      times: Array.from({ length: COLUMNS }, (_, index) => (firstColumn + index) * columnSeconds),
      columnSeconds,
      countedFrom: this.#countedFrom / 1_000,
      types,
      total: sum(types.map((entry) => entry.total)),
    };
  }

  #forget(nowMs: number): void {
    const oldest = nowMs / 1_000 - SECONDS_KEPT;
    for (const second of this.#seconds.keys()) if (second <= oldest) this.#seconds.delete(second);
  }
}

interface Ranked {
  readonly type: string;
  readonly total: number;
  readonly columns: readonly number[];
}

function foldRest(ranked: readonly Ranked[], maxTypes: number): readonly Ranked[] {
  if (ranked.length <= maxTypes) return ranked;
  const rest = ranked.slice(maxTypes - 1);
  const columns = Array.from({ length: COLUMNS }, (_, index) => sum(rest.map((entry) => entry.columns[index] ?? 0)));
  return [...ranked.slice(0, maxTypes - 1), { type: OTHER_TYPES, total: sum(columns), columns }];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Whether the window begins before everything was counted. */
export function isPartlyCounted({ times, countedFrom }: ActivitySeries): boolean {
  return (times[0] ?? 0) < countedFrom;
}

/** The chart in words, for those who do not see it. */
export function describeActivity(series: ActivitySeries, window: ActivityWindow): string {
  const minutes = window === 1 ? 'minute' : `${window} minutes`;
  if (series.total === 0) return `No events in the last ${minutes}.`;
  const parts = series.types.map(({ type, total }) => `${total} ${type}`);
  const peak = Math.max(...series.times.map((_, index) => sum(series.types.map((entry) => entry.rates[index] ?? 0))));
  return `${series.total} events in the last ${minutes}: ${parts.join(', ')}. Peak ${formatRate(peak)} per second.`;
}

export function formatRate(rate: number): string {
  if (rate === 0) return '0';
  return (rate < 10 ? Math.round(rate * 10) / 10 : Math.round(rate)).toLocaleString('en');
}
