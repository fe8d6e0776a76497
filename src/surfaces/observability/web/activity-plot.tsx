import 'uplot/dist/uPlot.min.css';
import { useEffect, useRef } from 'react';
import UPlot from 'uplot';
import { type ActivitySeries, formatRate } from './activity.ts';
import { stackedRows } from './stacked-series.ts';
import { MAX_TYPES, typeHue } from './type-hue.ts';

/** The drawing itself, loaded after the page: uPlot on a canvas that follows the size of its box. */
export function ActivityPlot({ series }: { readonly series: ActivitySeries }) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot>(undefined);
  const latest = useRef(series);
  latest.current = series;

  useEffect(() => {
    const { current: element } = box;
    if (!element) return;
    const chart = new UPlot(
      optionsFor(element, () => latest.current),
      rowsOf(latest.current),
      element,
    );
    plot.current = chart;
    const resize = new ResizeObserver(() => chart.setSize(sizeOf(element)));
    resize.observe(element);
    return () => {
      resize.disconnect();
      chart.destroy();
      plot.current = undefined;
    };
  }, []);

  useEffect(() => {
    plot.current?.setData(rowsOf(series));
  }, [series]);

  return <div ref={box} className="size-full overflow-hidden" />;
}

function rowsOf(series: ActivitySeries): UPlot.AlignedData {
  const [times = [], ...rows] = stackedRows(series, MAX_TYPES);
  return [times, ...rows];
}

function sizeOf(element: HTMLElement) {
  return { width: Math.max(80, element.clientWidth), height: Math.max(40, element.clientHeight) };
}

function optionsFor(element: HTMLElement, current: () => ActivitySeries): UPlot.Options {
  const bars = UPlot.paths.bars?.({ size: [0.82, 24], align: 1 });
  const colour = (classes: string) => () => colourOf(element, classes);
  const axis = { stroke: colour('text-muted'), font: '11px system-ui, sans-serif', ticks: { show: false } };
  const grid = { stroke: () => colourOf(element, 'text-line'), width: 1 };
  return {
    ...sizeOf(element),
    padding: [8, 30, 0, 0],
    hooks: { drawClear: [(chart) => shadeUncounted(chart, current().countedFrom, colourOf(element, 'text-line'))] },
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: true, range: (_, min, max) => [min, max + current().columnSeconds] },
      y: { range: (_, _min, max) => [0, Math.max(1, max * 1.1)] },
    },
    axes: [
      { ...axis, grid: { show: false }, size: 22, space: 70, values: (_, splits) => splits.map(clock) },
      { ...axis, grid, size: 40, space: 28, values: (_, splits) => splits.map(formatRate) },
    ],
    series: [
      {},
      ...Array.from({ length: MAX_TYPES }, (_, slot) => ({
        ...(bars ? { paths: bars } : {}),
        points: { show: false },
        width: 0,
        fill: () => colourOf(element, typeHue(current().types[MAX_TYPES - 1 - slot]?.type ?? '')),
      })),
    ],
  };
}

/** Marks the part of the window whose events were not all counted. */
function shadeUncounted(chart: UPlot, countedFrom: number, colour: string): void {
  const end = Math.min(chart.valToPos(countedFrom, 'x', true), chart.bbox.left + chart.bbox.width);
  if (!(end > chart.bbox.left)) return;
  chart.ctx.save();
  chart.ctx.globalAlpha = 0.5;
  chart.ctx.fillStyle = colour;
  chart.ctx.fillRect(chart.bbox.left, chart.bbox.top, end - chart.bbox.left, chart.bbox.height);
  chart.ctx.restore();
}

function clock(seconds: number): string {
  return new Date(seconds * 1_000).toLocaleTimeString('en-GB');
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
