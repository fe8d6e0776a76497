import { lazy, memo, Suspense, useState } from 'react';
import { useHydrated } from '../../../react/rendered.tsx';
import { useNow } from '../../../react/use-now.ts';
import { classNames } from '../../../ui/class-names.ts';
import { SegmentedControl } from '../../../ui/segmented-control.tsx';
import { clockTime } from '../../../ui/time-format.ts';
import {
  ACTIVITY_WINDOWS,
  type Activity,
  type ActivitySeries,
  type ActivityWindow,
  describeActivity,
  isPartlyCounted,
  OTHER_TYPES,
} from './activity.ts';
import { MAX_TYPES, typeHue } from './type-hue.ts';

const ActivityPlot = lazy(() => import('./activity-plot.tsx').then((module) => ({ default: module.ActivityPlot })));

const WINDOW_OPTIONS = ACTIVITY_WINDOWS.map((minutes) => ({ value: String(minutes), text: `${minutes} min` }));

export interface ActivityChartProps {
  readonly activity: Activity;
  readonly chosenType: string | undefined;
  readonly onChooseType: (type: string | undefined) => void;
}

/** Events per second by type, renewed every second; its names filter the list. */
export const ActivityChart = memo(function ActivityChart({ activity, chosenType, onChooseType }: ActivityChartProps) {
  const [minutes, setMinutes] = useState<ActivityWindow>(5);
  const now = useNow(1_000);
  const isHydrated = useHydrated();
  const series = activity.series(now, minutes, MAX_TYPES);
  return (
    <section aria-label="Activity" className="flex min-w-0 flex-1 flex-col bg-surface">
      <header className="flex min-h-8 items-center gap-3 pt-2 pr-3 pl-4">
        <h2 className="shrink-0 text-2xs font-medium text-muted">Events per second</h2>
        <ul className="flex min-w-0 flex-1 gap-x-1 overflow-x-auto max-sm:hidden">
          {byName(series.types).map(({ type, total }) => (
            <li key={type} className="shrink-0">
              <button
                type="button"
                disabled={type === OTHER_TYPES}
                aria-pressed={type === chosenType}
                onClick={() => onChooseType(type === chosenType ? undefined : type)}
                className={classNames(
                  'flex h-6 items-center gap-1.5 rounded px-1.5 text-xs enabled:hover:bg-hover',
                  type === chosenType && 'bg-selected',
                )}
              >
                <span className={classNames('size-2 rounded-xs bg-current', typeHue(type))} aria-hidden />
                {type}
                <span className="min-w-[4ch] text-right text-muted tabular-nums">{total.toLocaleString('en')}</span>
              </button>
            </li>
          ))}
        </ul>
        <div className="ml-auto flex shrink-0 items-center gap-3">
          <span className={classNames('text-2xs text-muted max-sm:hidden', !isPartlyCounted(series) && 'invisible')}>
            counted since {clockTime(Math.max(series.countedFrom, 0) * 1_000, now).slice(-12, -4)}
          </span>
          <SegmentedControl
            label="Window"
            options={WINDOW_OPTIONS}
            value={String(minutes)}
            onChange={(value) => setMinutes(ACTIVITY_WINDOWS.find((option) => String(option) === value) ?? minutes)}
          />
        </div>
      </header>
      <div role="img" aria-label={describeActivity(series, minutes)} className="h-24 lg:h-28">
        {isHydrated && (
          <Suspense>
            <ActivityPlot series={series} />
          </Suspense>
        )}
      </div>
    </section>
  );
});

/** In places that they keep while their counts change. */
function byName(types: ActivitySeries['types']): ActivitySeries['types'] {
  return [...types].sort(
    (a, b) => Number(a.type === OTHER_TYPES) - Number(b.type === OTHER_TYPES) || a.type.localeCompare(b.type),
  );
}
