import { Link } from '@tanstack/react-router';
import { lazy, memo, Suspense } from 'react';
import { pageNow } from '../../../react/page-clock.ts';
import { useHydrated } from '../../../react/rendered.tsx';
import type { Timeline } from '../events.ts';
import { DEFAULT_RANGE } from './ops-search.ts';
import {
  columnWords,
  describeTimeline,
  RANGE_VIEWS,
  TIMELINE_RANGES,
  type TimelineRange,
  timelineColumns,
} from './timeline.ts';
import { TimelineTable } from './timeline-table.tsx';

const TimelinePlot = lazy(() => import('./timeline-plot.tsx').then((module) => ({ default: module.TimelinePlot })));

export interface TimelineChartProps {
  readonly range: TimelineRange;
  /** Undefined before one was read. */
  readonly timeline: Timeline | undefined;
  readonly failure: string | undefined;
}

/** How much was stored, and how much of it failed, over a time that the URL says. */
export const TimelineChart = memo(function TimelineChart({ range, timeline, failure }: TimelineChartProps) {
  const columns = timeline ? timelineColumns(timeline) : [];
  return (
    <section aria-labelledby="tau-ops-timeline-title" className="border-b border-line bg-surface">
      <header className="flex min-h-10 flex-wrap items-center gap-x-3 px-4 py-1">
        <h2 id="tau-ops-timeline-title" className="font-semibold">
          Timeline
        </h2>
        <span className="text-muted">events {columnWords(timeline?.range ?? range)}</span>
        <Ranges />
      </header>
      <Drawing timeline={timeline} />
      {failure !== undefined && (
        <p role="alert" className="px-4 pb-1 text-bad">
          {failure}
        </p>
      )}
      <p className="px-4 pb-2 text-xs text-muted">
        {timeline ? describeTimeline(timeline, columns, pageNow()) : 'The timeline could not be read yet.'}
      </p>
      {timeline && <TimelineTable columns={columns} />}
    </section>
  );
});

/** Always of the same size, whether it is drawn yet or not; what it shows is said below it. */
function Drawing({ timeline }: Pick<TimelineChartProps, 'timeline'>) {
  const isHydrated = useHydrated();
  return (
    <div aria-hidden className="h-36 px-2 sm:h-40">
      {isHydrated && timeline && (
        <Suspense>
          <TimelinePlot columns={timelineColumns(timeline)} />
        </Suspense>
      )}
      <noscript>
        <p className="flex h-full items-center justify-center text-muted">
          Drawn with JavaScript; its figures are in the table below.
        </p>
      </noscript>
    </div>
  );
}

function Ranges() {
  return (
    <nav aria-label="Range of the timeline" className="ml-auto inline-flex rounded-md bg-hover p-0.5">
      {TIMELINE_RANGES.map((each) => (
        <Link
          key={each}
          to="."
          search={{ range: each === DEFAULT_RANGE ? undefined : each }}
          activeOptions={{ exact: true }}
          resetScroll={false}
          className="flex h-6 items-center rounded px-2 text-xs font-medium text-muted hover:text-text aria-[current=page]:bg-raised aria-[current=page]:text-text aria-[current=page]:shadow-sm"
        >
          {RANGE_VIEWS[each].text}
        </Link>
      ))}
    </nav>
  );
}
