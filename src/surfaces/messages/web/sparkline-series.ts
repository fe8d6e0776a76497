/** Messages per minute: `[minutes since 1970, messages]`, oldest first, quiet minutes left out or zero. */
export type MinuteCounts = readonly (readonly [minute: number, count: number])[];

export const SPARKLINE_MINUTES = 60;
export const SPARKLINE_HEIGHT = 20;

/** One count for each minute of the hour that ends with `minute`, oldest first. */
export function lastHour(activity: MinuteCounts, minute: number): readonly number[] {
  const counts = new Array<number>(SPARKLINE_MINUTES).fill(0);
  const first = minute - SPARKLINE_MINUTES + 1;
  for (const [at, count] of activity) {
    const index = at - first;
    if (index >= 0 && index < SPARKLINE_MINUTES) counts[index] = (counts[index] ?? 0) + count;
  }
  return counts;
}

/** Bars from the ground up, one unit wide each, as the `d` of an SVG path; empty for a quiet hour. */
export function barsPath(counts: readonly number[]): string {
  const most = Math.max(...counts);
  return counts
    .map((count, index) => {
      if (count === 0) return '';
      const height = Math.max(1.5, (count / most) * SPARKLINE_HEIGHT);
      return `M${index} ${SPARKLINE_HEIGHT}v-${height.toFixed(1)}h.75V${SPARKLINE_HEIGHT}z`;
    })
    .join('');
}

/** What the bars say, in words. */
export function describeHour(counts: readonly number[]): string {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return 'No messages in the last hour';
  const most = Math.max(...counts);
  const ago = counts.length - 1 - counts.lastIndexOf(most);
  const when = ago === 0 ? 'this minute' : `${ago} min ago`;
  return `${total.toLocaleString('en')} in the last hour, most ${when}: ${most.toLocaleString('en')}`;
}
