import { describe, expect, it } from 'vitest';
import { createFeedConnection, type FeedConnectionOptions } from './feed-connection.ts';
import { type FeedProblem, RefusedError } from './feed-problem.ts';
import { createSession } from './session.ts';
import { ScriptedBrowser } from './testing/scripted-browser.ts';
import { ScriptedEnvironment } from './testing/scripted-environment.ts';
import { renewalDelayMs } from './token-expiry.ts';

const cursor = (seq: number) => `e.${seq}.t${seq}`;
const hello = (seq: number) => ({ type: 'hello', cursor: cursor(seq), feed: 'x', heartbeatMs: 600_000 });
const encode = (value: unknown) => btoa(JSON.stringify(value)).replace(/\+/g, '-').replace(/\//g, '_');

/** A JWT that expires at a second of the scripted clock. */
const tokenUntil = (seconds: number) =>
  `${encode({ alg: 'HS256' })}.${encode({ sub: 'u1?>~~', exp: seconds })}.signature`;

async function signedIn(options: Partial<FeedConnectionOptions> = {}) {
  const environment = new ScriptedEnvironment();
  const problems: FeedProblem[] = [];
  let asked = 0;
  const connection = createFeedConnection({
    url: '/ws/audit',
    environment,
    token: async () => {
      asked += 1;
      return tokenUntil(environment.now() / 1_000 + 100);
    },
    onEvents: () => {},
    onProblem: (problem) => problems.push(problem),
    ...options,
  });
  connection.start();
  await environment.settle();
  return { environment, connection, problems, asked: () => asked, name: () => connection.status().name };
}

describe('a connection with a token', () => {
  it('asks for a token before each connect and gives it as a subprotocol', async () => {
    const { environment, asked } = await signedIn();
    expect(environment.sockets[0]?.protocols).toEqual(['millrace.v1', 'bearer', tokenUntil(100)]);
    environment.sockets[0]?.send(hello(1));
    environment.sockets[0]?.end(1006);
    await environment.advance(1_000);
    expect(asked()).toBe(2);
    expect(environment.sockets[1]?.protocols[2]).toBe(tokenUntil(101));
  });

  it('names itself, the same for each connect and on each transport, unless its URL does', async () => {
    const nameIn = (url: string | undefined) => new URL(url ?? 'x:').searchParams.get('connection');
    const { environment } = await signedIn();
    environment.sockets[0]?.send(hello(1));
    environment.sockets[0]?.end(1006);
    await environment.advance(1_000);
    const [first, second] = environment.sockets.map(({ url }) => nameIn(url));
    expect(first).toMatch(/^[0-9a-z]+$/);
    expect(second).toBe(first);
    const sse = await signedIn({ transport: 'sse' });
    expect(nameIn(sse.environment.streams[0]?.url)).toMatch(/^[0-9a-z]+$/);
    const own = await signedIn({ url: '/ws/audit?connection=mine' });
    expect(nameIn(own.environment.sockets[0]?.url)).toBe('mine');
  });

  it('gives it as a header on the transports by fetch', async () => {
    const { environment } = await signedIn({
      transport: 'sse',
      settings: { poll: { afterFailures: 0, everyMs: 10_000 } },
    });
    expect(environment.streams[0]?.options.headers).toEqual({ authorization: `Bearer ${tokenUntil(100)}` });
    environment.streams[0]?.end();
    await environment.settle();
    expect(environment.headers[0]).toMatchObject({ authorization: `Bearer ${tokenUntil(100)}` });
  });

  it('renews it in place before it expires', async () => {
    const { environment, asked, name } = await signedIn();
    environment.sockets[0]?.send(hello(1));
    await environment.advance(79_999);
    expect(asked()).toBe(1);
    await environment.advance(1);
    expect(environment.sockets[0]?.sent).toEqual([JSON.stringify({ type: 'auth', token: tokenUntil(180) })]);
    expect(name()).toBe('live');
    await environment.advance(80_000);
    expect(environment.sockets[0]?.sent).toHaveLength(2);
    expect(environment.sockets).toHaveLength(1);
  });

  it('renews it on server-sent events by opening the stream again at its position', async () => {
    const { environment, connection } = await signedIn({ transport: 'sse' });
    environment.streams[0]?.send(hello(7));
    await environment.advance(80_000);
    expect(environment.streams).toHaveLength(2);
    expect(environment.streams[0]?.isClosed).toBe(true);
    expect(environment.streams[1]?.url).toContain(`cursor=${connection.cursor()}`);
    expect(environment.streams[1]?.options.headers).toEqual({ authorization: `Bearer ${tokenUntil(180)}` });
  });

  it('connects anew with a fresh token when a live stream ends for its sake, and stops when that is refused too', async () => {
    const { environment, name } = await signedIn();
    environment.sockets[0]?.send(hello(1));
    environment.sockets[0]?.end(4001);
    expect(name()).toBe('reconnecting');
    await environment.advance(1_000);
    environment.sockets[1]?.end(4001);
    expect(name()).toBe('unauthorized');
  });

  it('tries again when the token cannot be had, and stops when there is none to have', async () => {
    const answers = [new Error('no network'), new RefusedError('signed out')];
    const { environment, name, problems } = await signedIn({
      token: async () => {
        throw answers.shift() ?? new Error('asked too often');
      },
    });
    expect(name()).toBe('reconnecting');
    await environment.advance(1_000);
    expect(name()).toBe('unauthorized');
    expect(problems.map(({ kind }) => kind)).toEqual(['token_failed', 'token_failed']);
    expect(environment.sockets).toHaveLength(0);
  });

  it('leaves nothing running after stop, not even a renewal', async () => {
    const { environment, connection } = await signedIn();
    environment.sockets[0]?.send(hello(1));
    connection.stop();
    expect(environment.leftovers).toBe(0);
  });
});

describe('the renewal of a token', () => {
  it('comes 30 s before the end, or with a fifth of a short time left, and never in a tight loop', () => {
    expect(renewalDelayMs(tokenUntil(3_600), 0)).toBe(3_570_000);
    expect(renewalDelayMs(tokenUntil(10), 0)).toBe(8_000);
    expect(renewalDelayMs(tokenUntil(10), 9_999)).toBe(1_000);
    expect(renewalDelayMs(tokenUntil(10), 10_000)).toBeUndefined();
    expect(renewalDelayMs(tokenUntil(10_000_000_000), 0)).toBe(2 ** 31 - 1);
  });

  it.each(['opaque', 'a.b.c', `a.${encode('text')}.c`, `a.${encode({ exp: 'soon' })}.c`])(
    'is not planned for %s',
    (token) => {
      expect(renewalDelayMs(token, 0)).toBeUndefined();
    },
  );
});

describe('a sign-out', () => {
  it('stops the feeds of all tabs, forgets their positions and tells who has caches', async () => {
    const browser = new ScriptedBrowser();
    const pages = [browser.openTab(), browser.openTab()].map((tab) => {
      const session = createSession({ token: async () => 'secret', tabs: tab.tabs });
      const connection = createFeedConnection({ url: '/stream', environment: tab, session, onEvents: () => {} });
      let cleared = 0;
      session.onSignOut(() => {
        cleared += 1;
      });
      connection.start();
      return { tab, session, connection, cleared: () => cleared };
    });
    for (const { tab } of pages) {
      await tab.settle();
      tab.sockets[0]?.send(hello(7));
    }
    expect(pages.map(({ connection }) => connection.cursor())).toEqual([cursor(7), cursor(7)]);
    pages[0]?.session.signOut();
    for (const { tab } of pages) await tab.settle();
    for (const { tab, connection, cleared } of pages) {
      expect(connection.cursor()).toBeUndefined();
      expect(connection.status().name).toBe('unauthorized');
      expect(tab.leftovers).toBe(0);
      expect(cleared()).toBe(1);
    }
  });
});
