import { ago } from '../../../ui/time-format.ts';
import type { Iteration, ValidationRun } from '../events.ts';

type Started = Pick<Iteration | ValidationRun, 'started_at' | 'started_by'>;

/** Who started something, and how long ago: what counts on stands last, so that it moves nothing. */
export function startedText({ started_at, started_by }: Started, now: number): string {
  const since = ago(Date.parse(started_at), now);
  return started_by === '' ? since : `by ${started_by}, ${since}`;
}
