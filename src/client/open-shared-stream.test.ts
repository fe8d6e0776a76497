import { describe, expect, it } from 'vitest';
import { createFeedConnection, type FeedConnectionOptions } from './feed-connection.ts';
import { ScriptedBrowser, type ScriptedTab } from './testing/scripted-browser.ts';
import { ScriptedEnvironment } from './testing/scripted-environment.ts';

const cursor = (seq: number) => `e.${seq}.t${seq}`;
const event = (seq: number) => ({ type: 'event', cursor: cursor(seq) });
const hello = (seq: number) => ({ type: 'hello', cursor: cursor(seq), feed: 'x', heartbeatMs: 15_000 });
const batch = (from: number, to: number) => ({
  type: 'batch',
  from: cursor(from),
  to: cursor(to),
  events: Array.from({ length: to - from }, (_, index) => event(from + index + 1)),
});
const page = (from: number, to: number, upToDate = true) => {
  const { events } = batch(from, to);
  return Response.json({ events, from: cursor(from), cursor: cursor(to), upToDate });
};

/** A page in a tab that shows the feed from a snapshot at a position. */
function show(tab: ScriptedTab, at: number, options: Partial<FeedConnectionOptions> = {}) {
  const received: number[] = [];
  const connection = createFeedConnection({
    url: '/stream',
    environment: tab,
    shareTabs: true,
    snapshot: async () => cursor(at),
    onEvents: (events) => received.push(...events.map((one) => Number(one.cursor.split('.')[1]))),
    ...options,
  });
  connection.start();
  return { tab, connection, received, name: () => connection.status().name };
}

async function settle(...pages: readonly { readonly tab: ScriptedTab }[]): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) for (const { tab } of pages) await tab.settle();
}

/** Three tabs, the first of which leads. */
async function threeTabs() {
  const browser = new ScriptedBrowser();
  const first = show(browser.openTab(), 10);
  await settle(first);
  first.tab.sockets[0]?.send(hello(10));
  const second = show(browser.openTab(), 10);
  const third = show(browser.openTab(), 10);
  const settleAll = () => settle(first, second, third);
  await settleAll();
  return { browser, first, second, third, settleAll };
}

describe('tabs that share a connection', () => {
  it('open one stream, and all of them get its events', async () => {
    const { first, second, third, settleAll } = await threeTabs();
    expect([first, second, third].map(({ name }) => name())).toEqual(['live', 'live', 'live']);
    expect([first, second, third].map(({ tab }) => tab.sockets.length)).toEqual([1, 0, 0]);
    first.tab.sockets[0]?.send(batch(10, 12));
    await settleAll();
    expect([first, second, third].map(({ received }) => received)).toEqual([
      [11, 12],
      [11, 12],
      [11, 12],
    ]);
  });

  it('all hear what heartbeats carry', async () => {
    const browser = new ScriptedBrowser();
    const beats: unknown[][] = [[], []];
    const tabs = beats.map((own) => {
      return show(browser.openTab(), 10, { onHeartbeat: (members) => own.push(members) });
    });
    await settle(...tabs);
    tabs[0]?.tab.sockets[0]?.send(hello(10));
    await settle(...tabs);
    tabs[0]?.tab.sockets[0]?.send({ type: 'heartbeat', cursor: cursor(10), at: 'then', queue_depth: 3 });
    await settle(...tabs);
    expect(beats).toEqual([[{ at: 'then', queue_depth: 3 }], [{ at: 'then', queue_depth: 3 }]]);
  });

  it('let a tab that is behind catch up by JSON before it takes the frames that came meanwhile', async () => {
    const { browser, first, second } = await threeTabs();
    first.tab.sockets[0]?.send(batch(10, 15));
    const late = browser.openTab();
    const answers = [page(12, 14, false), page(14, 15)];
    late.respond = () => {
      // While the page is on its way, the stream goes on.
      if (answers.length === 2) first.tab.sockets[0]?.send(batch(15, 17));
      return answers.shift() ?? new Response('', { status: 503 });
    };
    const latecomer = show(late, 12);
    await settle(first, second, latecomer);
    expect(latecomer.received).toEqual([13, 14, 15, 16, 17]);
    expect(late.requests).toHaveLength(2);
    expect(late.sockets).toHaveLength(0);
  });

  it('let a tab that is ahead drop what it has', async () => {
    const { browser, first } = await threeTabs();
    const ahead = show(browser.openTab(), 12);
    await settle(first, ahead);
    first.tab.sockets[0]?.send(batch(10, 13));
    await settle(first, ahead);
    expect(ahead.tab.requests).toEqual([]);
    expect(ahead.received).toEqual([13]);
  });

  it('make a tab load its snapshot anew when its position has expired', async () => {
    const { browser, first } = await threeTabs();
    first.tab.sockets[0]?.send(batch(10, 15));
    const tab = browser.openTab();
    tab.respond = () => new Response('{}', { status: 410 });
    const positions = [cursor(2), cursor(15)];
    const behind = show(tab, 2, { snapshot: async () => positions.shift() ?? '' });
    await settle(first, behind);
    await tab.advance(1_000);
    expect(behind.connection.cursor()).toBe(cursor(15));
    expect(behind.name()).toBe('live');
  });

  it('hand over when the tab of the leader is gone, without a gap, a repeat or a word to the user', async () => {
    const { browser, first, second, third, settleAll } = await threeTabs();
    first.tab.sockets[0]?.send(batch(10, 12));
    await settleAll();
    const statuses: string[] = [];
    third.connection.subscribe(() => statuses.push(third.name()));
    browser.kill(first.tab);
    await settleAll();
    expect(second.tab.sockets).toHaveLength(1);
    expect(second.tab.sockets[0]?.url).toContain(`cursor=${cursor(12)}`);
    second.tab.sockets[0]?.send(hello(12));
    second.tab.sockets[0]?.send(batch(12, 14));
    await settleAll();
    expect(second.received).toEqual([11, 12, 13, 14]);
    expect(third.received).toEqual([11, 12, 13, 14]);
    expect(third.tab.sockets).toHaveLength(0);
    expect(statuses).toEqual([]);
  });

  it('hand over what the dead leader had told only some of them', async () => {
    const { browser, first, second, third, settleAll } = await threeTabs();
    browser.kill(first.tab);
    await settleAll();
    third.tab.respond = () => page(10, 13);
    second.tab.sockets[0]?.send(hello(13));
    await settleAll();
    expect(third.received).toEqual([11, 12, 13]);
  });

  it('hand over when the leader stops', async () => {
    const { first, second, third, settleAll } = await threeTabs();
    first.connection.stop();
    await settleAll();
    second.tab.sockets[0]?.send(hello(10));
    second.tab.sockets[0]?.send(batch(10, 11));
    await settleAll();
    expect(third.received).toEqual([11]);
    expect(first.tab.leftovers).toBe(0);
  });

  it('reconnect, one of them for all, when the stream is lost', async () => {
    const { first, second, third, settleAll } = await threeTabs();
    first.tab.sockets[0]?.end(1006);
    await settleAll();
    expect([first, second, third].map(({ name }) => name())).toEqual(['reconnecting', 'reconnecting', 'reconnecting']);
    for (const { tab } of [second, first, third]) await tab.advance(1_000);
    await settleAll();
    expect([first, second, third].map(({ tab }) => tab.sockets.length)).toEqual([1, 1, 0]);
    second.tab.sockets[0]?.send(hello(10));
    second.tab.sockets[0]?.send(batch(10, 11));
    await settleAll();
    expect([first, second, third].map(({ received }) => received)).toEqual([[11], [11], [11]]);
  });

  it('are all turned away when the one connection is', async () => {
    const { first, second, third, settleAll } = await threeTabs();
    first.tab.sockets[0]?.end(4001);
    await settleAll();
    expect([first, second, third].map(({ name }) => name())).toEqual(['unauthorized', 'unauthorized', 'unauthorized']);
  });

  it('open a stream of their own after a second without an answer of the leader', async () => {
    const browser = new ScriptedBrowser();
    const frozen = browser.openTab();
    const name = `millrace:1:websocket:${new URL('/stream', frozen.baseUrl).href}`;
    frozen.tabs.holdLock(name, new AbortController().signal, () => new Promise(() => {}));
    const alone = show(browser.openTab(), 10);
    await settle(alone);
    expect(alone.tab.sockets).toHaveLength(0);
    await alone.tab.advance(1_000);
    alone.tab.sockets[0]?.send(hello(10));
    alone.tab.sockets[0]?.send(batch(10, 11));
    expect(alone.received).toEqual([11]);
    expect(alone.name()).toBe('live');
    alone.connection.stop();
    expect(alone.tab.leftovers).toBe(0);
  });

  it('tell each other nothing as long as there is one alone', async () => {
    const browser = new ScriptedBrowser();
    const alone = show(browser.openTab(), 10);
    const silent = browser.openTab();
    const name = `millrace:1:websocket:${new URL('/stream', silent.baseUrl).href}`;
    const heard: unknown[] = [];
    const channel = silent.tabs.openChannel(name, (message) => heard.push(message));
    await settle(alone);
    alone.tab.sockets[0]?.send(hello(10));
    alone.tab.sockets[0]?.send(batch(10, 11));
    await settle(alone);
    expect(heard).not.toContainEqual(expect.objectContaining({ type: 'frame' }));
    channel.post({ type: 'ask' });
    await settle(alone);
    alone.tab.sockets[0]?.send(batch(11, 12));
    await settle(alone);
    expect(heard).toContainEqual(expect.objectContaining({ type: 'frame', frame: batch(11, 12) }));
    expect(alone.received).toEqual([11, 12]);
  });

  it('each have their own connection where they cannot find each other', () => {
    const environment = new ScriptedEnvironment();
    createFeedConnection({ url: '/stream', environment, shareTabs: true, onEvents: () => {} }).start();
    expect(environment.sockets).toHaveLength(1);
  });
});
