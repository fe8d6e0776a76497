import { useEffect, useState } from 'react';
import type { Timeline } from '../events.ts';
import { opsReads } from './ops-api.ts';
import { RANGE_VIEWS, type TimelineRange } from './timeline.ts';

export interface TimelineView {
  /** The last that was read, maybe of another range; undefined until one was. */
  readonly timeline: Timeline | undefined;
  /** Why the last read failed. */
  readonly failure: string | undefined;
}

export interface TimelineOptions {
  readonly range: TimelineRange;
  /** What was read already. */
  readonly rendered: Timeline | undefined;
  /** When the newest heartbeat was measured; the timeline is read again as it moves on. ISO 8601. */
  readonly measuredAt: string | undefined;
}

/** The timeline of a range, read again while heartbeats come. */
export function useTimeline({ range, rendered, measuredAt }: TimelineOptions): TimelineView {
  const wanted = measuredAt === undefined ? undefined : readingOf(range, measuredAt);
  const [{ reading, ...view }, setView] = useState<TimelineView & { readonly reading: string | undefined }>({
    timeline: rendered,
    failure: undefined,
    reading: rendered && wanted,
  });
  useEffect(() => {
    if (wanted === undefined || wanted === reading) return;
    const abort = new AbortController();
    const isCurrent = () => !abort.signal.aborted;
    opsReads.timeline(range, abort.signal).then(
      (timeline) => isCurrent() && setView({ timeline, failure: undefined, reading: wanted }),
      (cause: unknown) => isCurrent() && setView((before) => ({ ...before, ...failed(cause), reading: wanted })),
    );
    return () => abort.abort();
  }, [range, wanted, reading]);
  return view;
}

function failed(cause: unknown): Pick<TimelineView, 'failure'> {
  return { failure: cause instanceof Error ? cause.message : String(cause) };
}

/** The same for all moments that one reading serves. */
function readingOf(range: TimelineRange, measuredAt: string): string {
  return `${range} ${Math.floor(Date.parse(measuredAt) / RANGE_VIEWS[range].refreshMs)}`;
}
