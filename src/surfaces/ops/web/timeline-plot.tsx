import 'uplot/dist/uPlot.min.css';
import { useEffect, useRef } from 'react';
import UPlot from 'uplot';
import { clockMinute } from '../../../ui/time-format.ts';
import type { TimelineColumn } from './timeline.ts';

/** The drawing itself, loaded after the page: uPlot on a canvas that follows the size of its box. */
export function TimelinePlot({ columns }: { readonly columns: readonly TimelineColumn[] }) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot>(undefined);
  const latest = useRef(columns);
  latest.current = columns;

  useEffect(() => {
    const { current: element } = box;
    if (!element) return;
    const chart = new UPlot(optionsFor(element), dataOf(latest.current), element);
    plot.current = chart;
    const resize = new ResizeObserver(() => chart.setSize(sizeOf(element)));
    resize.observe(element);
    // The colours are those of the theme.
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    const redraw = () => chart.redraw(false, true);
    const themes = new MutationObserver(redraw);
    themes.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    scheme.addEventListener('change', redraw);
    return () => {
      scheme.removeEventListener('change', redraw);
      themes.disconnect();
      resize.disconnect();
      chart.destroy();
      plot.current = undefined;
    };
  }, []);

  useEffect(() => {
    plot.current?.setData(dataOf(columns));
  }, [columns]);

  return <div ref={box} className="size-full overflow-hidden" />;
}

function dataOf(columns: readonly TimelineColumn[]): UPlot.AlignedData {
  return [
    columns.map(({ at }) => at / 1_000),
    columns.map(({ events }) => events),
    columns.map(({ failures }) => failures),
  ];
}

function sizeOf(element: HTMLElement) {
  return { width: Math.max(80, element.clientWidth), height: Math.max(40, element.clientHeight) };
}

function optionsFor(element: HTMLElement): UPlot.Options {
  const bars = UPlot.paths.bars?.({ size: [0.8, 24], align: 1 });
  const colour = (classes: string) => () => colourOf(element, classes);
  const axis = { stroke: colour('text-muted'), font: '11px system-ui, sans-serif', ticks: { show: false } };
  const filled = (label: string, classes: string): UPlot.Series => ({
    label,
    ...(bars && { paths: bars }),
    points: { show: false },
    width: 0,
    fill: colour(classes),
  });
  return {
    ...sizeOf(element),
    padding: [8, 12, 0, 0],
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: true, range: (chart, min, max) => [min, max + columnSeconds(chart.data[0])] },
      y: { range: (_, _min, max) => [0, Math.max(4, max * 1.1)] },
    },
    axes: [
      { ...axis, grid: { show: false }, size: 22, space: 60, values: (_, splits) => splits.map(minuteOf) },
      { ...axis, grid: { stroke: colour('text-line'), width: 1 }, size: 48, space: 28, incrs: WHOLE },
    ],
    series: [{}, filled('Events', 'text-accent'), filled('Failures', 'text-bad')],
  };
}

/** Events are counted in whole ones. */
const WHOLE = [1, 2, 5]
  .flatMap((digit) => Array.from({ length: 9 }, (_, power) => digit * 10 ** power))
  .toSorted((a, b) => a - b);

/** The last column, too, has its width. */
function columnSeconds([first = 0, second = 60]: ArrayLike<number> & Iterable<number>): number {
  return second - first;
}

function minuteOf(seconds: number): string {
  return clockMinute(seconds * 1_000, seconds * 1_000);
}

/** A canvas knows no classes and no `light-dark()`: asks the browser what the colour is right now. */
function colourOf(element: HTMLElement, classes: string): string {
  const probe = document.createElement('span');
  probe.className = classes;
  element.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
