import { createFeed } from '../../src/client/index.ts';

// For one of many tabs of the server: shows the feed over the connection that the tabs share, and notes what came when.

const arrivals: { readonly id: number; readonly at: number }[] = [];
const feed = createFeed({
  url: '/stream',
  transport: 'sse',
  eventTypes: ['event'],
  shareTabs: true,
  async snapshot(signal) {
    const answer = await fetch('/events/recent?limit=1', { signal });
    const { cursor } = (await answer.json()) as { readonly cursor: string };
    return cursor;
  },
  onEvents(events) {
    for (const { data } of events) arrivals.push({ id: (data as { readonly id: number }).id, at: Date.now() });
  },
});
feed.start();

/** Whether this tab holds the lock of the one that has the connection. */
async function isLeader(): Promise<boolean> {
  const probe = `probe-${Math.random()}`;
  return navigator.locks.request(probe, async () => {
    const { held = [] } = await navigator.locks.query();
    const me = held.find(({ name }) => name === probe)?.clientId;
    return held.some(({ name, clientId }) => name?.startsWith('millrace:') && clientId === me);
  });
}

Object.assign(globalThis, { arrivals, isLeader, statusName: () => feed.status().name });
