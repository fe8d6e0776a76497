import { expect, test } from 'vitest';
import { publish, readEvents, subscribe } from './support/event-clients.ts';
import { showFigures } from './support/figures.ts';
import { History } from './support/history.ts';
import { TRANSPORTS } from './support/raw-feed.ts';
import { ServerLives } from './support/server-lives.ts';

const KILLS = Number(process.env.MILLRACE_TEST_KILLS ?? 12);
/** Acknowledged between two kills, at least. */
const EVENTS_PER_LIFE = 500;
const PUBLISHERS = 6;

test(`${KILLS} times kill -9 during ingestion: nothing acknowledged is lost, repeated or out of order`, async () => {
  await using lives = new ServerLives();
  const history = new History();
  const finished = new AbortController();
  await lives.url();

  const subscribers = TRANSPORTS.map((transport) =>
    subscribe({ server: lives, history, transport, signal: finished.signal }),
  );
  const publishing = new AbortController();
  const publishers = Array.from({ length: PUBLISHERS }, (_, index) =>
    // Half of them insist until they have an answer, with an idempotency key; half leave it unknown.
    publish({ server: lives, history, name: `p${index}`, insists: index % 2 === 0, signal: publishing.signal }),
  );

  while (lives.kills < KILLS) {
    const goal = history.acknowledged + EVENTS_PER_LIFE;
    await expect.poll(() => history.acknowledged, { interval: 5 }).toBeGreaterThan(goal);
    await lives.kill();
  }
  publishing.abort();
  const cut = (await Promise.all(publishers)).reduce((sum, count) => sum + count, 0);

  const stored = (await readEvents(await lives.url())).map(({ id }) => id);
  for (const transport of TRANSPORTS) {
    await expect.poll(() => history.receivedBy(transport)).toBeGreaterThanOrEqual(stored.length);
  }
  finished.abort();
  const connections = await Promise.all(subscribers);

  const report = history.check(stored);
  const figures = { ...report, kills: lives.kills, stored: stored.length, requestsCut: cut, connections };
  showFigures({ promise: 'P1', about: 'kill -9', figures });
  expect(report).toMatchObject({ lost: 0, phantom: 0, dup: 0, reorder: 0, resets: 0 });
  // Not vacuous: requests were cut by the kills, and every subscriber had to come back each time.
  expect(cut).toBeGreaterThan(0);
  for (const count of connections) expect(count).toBeGreaterThan(KILLS);
});
