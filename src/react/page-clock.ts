/** What texts of a page count as now while it is rendered by a server, and again by the browser that takes it over. */
let heldAt: number | undefined;

/** Wall-clock milliseconds for what a page shows. */
export function pageNow(): number {
  return heldAt ?? Date.now();
}

/**
 * Stops the clock at a moment, so that a page that is rendered twice says the same both times; undefined lets it run.
 * Rendering is synchronous: whoever holds the clock lets it run again before anything else happens.
 */
export function holdPageClock(at: number | undefined): void {
  heldAt = at;
}
