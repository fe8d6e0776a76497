export interface Progress {
  readonly accepted: number;
  readonly refused: number;
  readonly elapsedMs: number;
  /** Share of the input that has been read; undefined when its size isn't known. */
  readonly share: number | undefined;
}

const BAR_WIDTH = 24;

/** One line about a running publication: a bar, if the size is known, the number of events and their rate. */
export function progressLine({ accepted, refused, elapsedMs, share }: Progress): string {
  const bar = share === undefined ? '' : `${progressBar(share)} ${Math.floor(share * 100)}% `;
  const bad = refused === 0 ? '' : `, ${refused} refused`;
  return `${bar}${grouped(accepted)} events, ${grouped(eventsPerSecond(accepted, elapsedMs))}/s${bad}`;
}

export function eventsPerSecond(events: number, elapsedMs: number): number {
  return elapsedMs <= 0 ? 0 : Math.round((events / elapsedMs) * 1_000);
}

function progressBar(share: number): string {
  const full = Math.round(Math.min(1, Math.max(0, share)) * BAR_WIDTH);
  return `[${'#'.repeat(full)}${'.'.repeat(BAR_WIDTH - full)}]`;
}

function grouped(value: number): string {
  return value.toLocaleString('en-US');
}
