import { expect, test } from 'vitest';
import { showFigures } from '../support/figures.ts';
import { TRANSPORTS } from '../support/raw-feed.ts';
import { FEED_NAMES } from './feeds.ts';
import { search } from './search.ts';

// Anything that can be done to a server, in any order, against a list of events that says what must come of it.

const RUNS = Number(process.env.MILLRACE_TEST_MODELS ?? 2);

/** What has to have happened, or the search has shown nothing. */
const HAPPENINGS = [
  ...['publish event', 'publish batch', 'publish messages', 'publish at once', 'kill while publishing'],
  ...['event', 'batch', 'messages'].flatMap((kind) => ['stored', 'repeated', 'conflict'].map((is) => `${kind} ${is}`)),
  ...['subscribe', 'drop', 'switch transport', 'read part', 'trim', 'stop', 'kill', 'backup', 'restore'],
  ...TRANSPORTS.map((transport) => `resumed over ${transport}`),
  ...FEED_NAMES.map((feed) => `followed ${feed}`),
  ...['earliest', 'latest', 'position', 'beyond', 'other tag', 'former log'].map((place) => `began at ${place}`),
];
const RESETS = ['cursor_expired', 'cursor_future', 'epoch_changed'];

test('whatever is done to a server, in any order, it answers and shows what a list of events would', async () => {
  const { seed, tally, failure } = await search({ runs: RUNS });
  const count = (happens: (name: string) => boolean) =>
    [...tally].reduce((sum, [name, times]) => sum + (happens(name) ? times : 0), 0);
  const resets = Object.fromEntries(RESETS.map((reason) => [reason, count((name) => name.startsWith(reason))]));
  const figures = {
    seed,
    servers: RUNS,
    publishes: count((name) => name.startsWith('publish ')),
    repeats: count((name) => name.endsWith(' repeated')),
    conflicts: count((name) => name.endsWith(' conflict')),
    connections: count((name) => name.includes(' over ')),
    ...resets,
    lives: count((name) => ['stop', 'kill', 'kill while publishing', 'trim', 'restore'].includes(name)),
    trims: count((name) => name === 'trim'),
    restores: count((name) => name === 'restore'),
    requestsCut: count((name) => name === 'requests cut'),
  };
  for (const promise of ['P2', 'P3', 'P4', 'P5'] as const) showFigures({ promise, about: 'any commands', figures });
  expect(failure).toBeUndefined();
  // Not vacuous: everything that there is was done, and every kind of reset was seen.
  expect(HAPPENINGS.filter((name) => !tally.has(name))).toEqual([]);
  for (const times of Object.values(resets)) expect(times).toBeGreaterThan(0);
});
