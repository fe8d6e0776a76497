import { memo } from 'react';
import { classNames } from '../../../ui/class-names.ts';
import { useMinute } from './live-age.tsx';
import {
  barsPath,
  describeHour,
  lastHour,
  type MinuteCounts,
  SPARKLINE_HEIGHT,
  SPARKLINE_MINUTES,
} from './sparkline-series.ts';

export interface SparklineProps {
  readonly activity: MinuteCounts;
  /** Its width and height. */
  readonly className?: string;
}

/** The messages of the last hour, minute by minute. */
export const Sparkline = memo(function Sparkline({ activity, className = 'h-5 w-full' }: SparklineProps) {
  const counts = lastHour(activity, useMinute());
  const words = describeHour(counts);
  return (
    <svg
      role="img"
      aria-label={words}
      viewBox={`0 0 ${SPARKLINE_MINUTES} ${SPARKLINE_HEIGHT}`}
      preserveAspectRatio="none"
      className={classNames('block overflow-visible', className)}
    >
      <title>{words}</title>
      <path
        d={`M0 ${SPARKLINE_HEIGHT}h${SPARKLINE_MINUTES}`}
        className="stroke-line-strong"
        vectorEffect="non-scaling-stroke"
      />
      <path d={barsPath(counts)} className="fill-accent" />
    </svg>
  );
});
