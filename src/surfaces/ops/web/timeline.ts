import { clockMinute } from '../../../ui/time-format.ts';
import type { Timeline, TimelineMinute } from '../events.ts';

export const TIMELINE_RANGES = ['1h', '6h', '24h'] as const;
export type TimelineRange = (typeof TIMELINE_RANGES)[number];

interface RangeView {
  readonly text: string;
  /** In a sentence, after "in the last". */
  readonly words: string;
  readonly minutesPerColumn: number;
  /** How old it may get while events come. */
  readonly refreshMs: number;
}

export const RANGE_VIEWS: Record<TimelineRange, RangeView> = {
  '1h': { text: '1 h', words: 'hour', minutesPerColumn: 1, refreshMs: 10_000 },
  '6h': { text: '6 h', words: '6 hours', minutesPerColumn: 5, refreshMs: 60_000 },
  '24h': { text: '24 h', words: '24 hours', minutesPerColumn: 15, refreshMs: 60_000 },
};

/** Some minutes together, few enough to be told apart. */
export interface TimelineColumn {
  /** When its first minute begins; milliseconds since 1970. */
  readonly at: number;
  readonly events: number;
  readonly failures: number;
}

export function timelineColumns({ range, minutes }: Timeline): readonly TimelineColumn[] {
  const { minutesPerColumn } = RANGE_VIEWS[range];
  return Array.from({ length: Math.ceil(minutes.length / minutesPerColumn) }, (_, index) =>
    columnOf(minutes.slice(index * minutesPerColumn, (index + 1) * minutesPerColumn)),
  );
}

function columnOf(minutes: readonly TimelineMinute[]): TimelineColumn {
  const total = (member: 'events' | 'failures') => minutes.reduce((sum, minute) => sum + minute[member], 0);
  return { at: Date.parse(minutes[0]?.minute ?? ''), events: total('events'), failures: total('failures') };
}

/** `per minute`, `per 5 minutes`: what a column counts. */
export function columnWords(range: TimelineRange): string {
  const { minutesPerColumn } = RANGE_VIEWS[range];
  return minutesPerColumn === 1 ? 'per minute' : `per ${minutesPerColumn} minutes`;
}

/** The timeline in a sentence, for those who do not see it. */
export function describeTimeline({ range }: Timeline, columns: readonly TimelineColumn[], now: number): string {
  const { words, minutesPerColumn } = RANGE_VIEWS[range];
  const events = columns.reduce((sum, column) => sum + column.events, 0);
  const failures = columns.reduce((sum, column) => sum + column.failures, 0);
  const sums = `${counted(events, 'event')} in the last ${words}, ${counted(failures, 'failure')}`;
  const [first, ...others] = columns;
  if (!first || events === 0) return `${sums}.`;
  const most = others.reduce((best, column) => (column.events > best.events ? column : best), first);
  const span = minutesPerColumn === 1 ? 'the minute' : `the ${minutesPerColumn} minutes`;
  return `${sums}; the most, ${most.events.toLocaleString('en')}, in ${span} from ${clockMinute(most.at, now)}.`;
}

function counted(count: number, unit: string): string {
  return `${count.toLocaleString('en')} ${unit}${count === 1 ? '' : 's'}`;
}
