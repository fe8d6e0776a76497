import type { Figure } from '../scenario.ts';
import type { Samples } from './samples.ts';

export function latencyFigures(subject: string, samples: Samples, p99AtMostMs?: number): readonly Figure[] {
  const [p50, p95, p99, max] = samples.quantiles(0.5, 0.95, 0.99, 1);
  const figure = (name: string, value: number): Figure => ({ subject, name: `latency ${name}`, value, unit: 'ms' });
  const target = p99AtMostMs === undefined ? {} : { target: { atMost: p99AtMostMs } };
  return [figure('p50', p50), figure('p95', p95), { ...figure('p99', p99), ...target }, figure('max', max)];
}
