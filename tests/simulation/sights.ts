/** What a simulation can meet; a search that never met one of these has shown nothing about it. */
export const SIGHTS = [
  // Of the network.
  'cuts',
  'cutsInsideAFrame',
  'halfOpen',
  'darkness',
  'refusedConnects',
  'cutsUnderWay',
  'fullSockets',
  'slowLinks',
  'stalledReaders',
  'refusedStreams',
  // Of the server.
  'crashes',
  'restarts',
  'pongTimeouts',
  'gatheredWakeUps',
  'diskReads',
  'overtakenReaders',
  'cursorsAheadOfTheHead',
  // Of the store.
  'failedAppends',
  'unansweredCommits',
  'slowCommits',
  'trims',
  'restores',
  'copiesPutBack',
  'resetsExpired',
  'resetsFuture',
  'resetsEpoch',
  // Of the clients.
  'silences',
  'snapshots',
  'polledPages',
  'rows',
  'longPolls',
  'plainPings',
  'transportSwitches',
  'reloads',
  'pauses',
  'offline',
  'wallClockJumps',
] as const;

export type Sight = (typeof SIGHTS)[number];

/** How often each of them was met. */
export class Sights {
  readonly #counts = new Map<Sight, number>();

  see(sight: Sight): void {
    this.#counts.set(sight, this.of(sight) + 1);
  }

  of(sight: Sight): number {
    return this.#counts.get(sight) ?? 0;
  }

  add(others: Sights): void {
    for (const [sight, count] of others.#counts) this.#counts.set(sight, this.of(sight) + count);
  }

  get missing(): readonly Sight[] {
    return SIGHTS.filter((sight) => this.of(sight) === 0);
  }

  toJSON(): Record<string, number> {
    return Object.fromEntries(SIGHTS.map((sight) => [sight, this.of(sight)]));
  }
}
