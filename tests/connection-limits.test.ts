import { describe, expect, test } from 'vitest';
import { ConnectionLimits, type Counted } from '../src/engine/auth/connection-limits.ts';
import type { Reader } from '../src/engine/reader.ts';
import { MillraceError } from '../src/protocol/errors.ts';
import { openSocket, openSse } from './support/feed-peers.ts';
import { showFigures } from './support/figures.ts';
import { privateSystem } from './support/private-system.ts';
import { openRawWebSocket } from './support/raw-websocket.ts';

type System = Awaited<ReturnType<typeof privateSystem>>;

const PATH = '/ws/projects/p1';
const withToken = (token: string) => ({ protocols: ['millrace.v1', 'bearer', token] });
/** Each connect waits another time for its authentication, so that they overtake each other. */
const delayed = { authenticationMs: () => Math.random() * 60 };

/** A handshake over TCP, which sees what a WebSocket of a browser doesn't: the status and the headers of a refusal. */
const connectRaw = ({ server }: System, token: string) => openRawWebSocket({ port: server.port, path: PATH, token });

/** Looks at the server whenever a connection comes: how many are being read for at that instant. */
async function watched(limits: ConnectionLimits) {
  const system = await privateSystem({ ...delayed, connections: limits });
  const readers = system.feeds.readers as Set<Reader>;
  let mostAtOnce = 0;
  readers.add = (reader) => {
    Set.prototype.add.call(readers, reader);
    mostAtOnce = Math.max(mostAtOnce, readers.size);
    return readers;
  };
  return { ...system, mostAtOnce: () => mostAtOnce };
}

async function connect200OfOneUser(limits: ConnectionLimits) {
  await using system = await watched(limits);
  const token = await system.token('ada');
  using opened = new DisposableStack();
  const connecting = Array.from({ length: 200 }, async () => opened.use(await connectRaw(system, token)));
  const peers = await Promise.all(connecting);
  const upgraded = peers.filter(({ status }) => status === 101);
  const openNow = () => upgraded.filter(({ closeCode }) => closeCode() === undefined).length;
  // Clients hear of their end a moment later than the server knows of it.
  await expect.poll(() => openNow() - system.feeds.readers.size).toBe(0);
  return {
    upgraded: upgraded.length,
    superseded: peers.filter(({ closeCode }) => closeCode() === 4008).length,
    openAtTheEnd: openNow(),
    mostAtOnce: system.mostAtOnce(),
  };
}

async function connect500ToOneProject(limits: ConnectionLimits) {
  await using system = await watched(limits);
  const tokens = await Promise.all(Array.from({ length: 500 }, (_, index) => system.token(`user ${index}`)));
  using opened = new DisposableStack();
  const peers = await Promise.all(tokens.map(async (token) => opened.use(await connectRaw(system, token))));
  const refused = peers.filter(({ status }) => status === 503);
  return {
    upgraded: peers.filter(({ status }) => status === 101).length,
    refused: refused.length,
    refusedWithRetryAfter: refused.filter(({ head }) => /^retry-after: 5$/im.test(head)).length,
    closed: peers.filter(({ closeCode }) => closeCode() !== undefined).length,
    mostAtOnce: system.mostAtOnce(),
  };
}

/** The mistake that these tests are for: decides, waits for something else, and only then counts. */
class CountedAfterAWait extends ConnectionLimits {
  readonly #open = new Set<Counted>();
  readonly #counting: (() => void)[] = [];
  readonly #others: number;

  /** Nobody is counted before so many others have been let in as well. */
  constructor(others: number) {
    super();
    this.#others = others;
  }

  override enter(connection: Counted): void {
    const open = [...this.#open];
    const own = open.filter(({ user }) => user === connection.user);
    if (open.filter(({ project }) => project === connection.project).length >= 50) {
      throw new MillraceError('project_full', 'full', { retryAfterS: 5 });
    }
    this.#counting.push(() => {
      if (own.length >= 5) own[0]?.supersede();
      this.#open.add(connection);
    });
    if (this.#counting.length <= this.#others) return;
    for (const count of this.#counting.splice(0)) count();
  }

  override leave(connection: Counted): void {
    this.#open.delete(connection);
  }
}

describe('200 connects of one user at the same time', () => {
  test('leave never more than 5 open, and the others closed with 4008', async () => {
    const seen = await connect200OfOneUser(new ConnectionLimits());
    showFigures({ promise: 'P9', about: '200 connects of one user', figures: seen });
    expect(seen).toMatchObject({ upgraded: 200, superseded: 195, openAtTheEnd: 5, mostAtOnce: 5 });
  });

  test('are more than 5 at some instant where they are counted after a wait', async () => {
    const seen = await connect200OfOneUser(new CountedAfterAWait(5));
    showFigures({ promise: 'P9', about: 'negative control, one user', figures: seen });
    expect(seen.mostAtOnce).toBeGreaterThan(5);
  });
});

describe('500 connects to one project at the same time', () => {
  test('leave never more than 50 open, and the others refused with 503 and Retry-After before the upgrade', async () => {
    const seen = await connect500ToOneProject(new ConnectionLimits());
    showFigures({ promise: 'P9', about: '500 connects to one project', figures: seen });
    expect(seen).toEqual({ upgraded: 50, refused: 450, refusedWithRetryAfter: 450, closed: 0, mostAtOnce: 50 });
  });

  test('are more than 50 at some instant where they are counted after a wait', async () => {
    const seen = await connect500ToOneProject(new CountedAfterAWait(50));
    showFigures({ promise: 'P9', about: 'negative control, one project', figures: seen });
    expect(seen.mostAtOnce).toBeGreaterThan(50);
  });
});

describe('the connections of a user', () => {
  test('are five: the sixth closes the oldest with 4008, whatever the transport', async () => {
    await using system = await privateSystem();
    const token = await system.token('ada');
    using stream = await openSse(system, { headers: { authorization: `Bearer ${token}` } });
    await expect.poll(() => stream.text).toContain('event: hello');
    const clients = [];
    for (let index = 0; index < 5; index++) clients.push(await openSocket(system, withToken(token)));
    await expect.poll(() => stream.isEnded).toBe(true);
    expect(stream.text).toContain('event: close\ndata: {"type":"close","code":4008,');
    clients.push(await openSocket(system, withToken(token)));
    expect(await clients[0]?.closed).toMatchObject({ code: 4008 });
    await expect.poll(() => system.feeds.readers.size).toBe(5);
    for (const client of clients) client.socket.close();
    await expect.poll(() => system.feeds.readers.size).toBe(0);
  });

  test('of the same name take the place of each other, and of no other', async () => {
    await using system = await privateSystem({ limits: { perUser: 3 } });
    const [ada, eve] = [await system.token('ada'), await system.token('eve')];
    using oldest = await openSocket(system, withToken(ada));
    using other = await openSocket(system, { query: '?connection=tab', ...withToken(eve) });
    using first = await openSocket(system, { query: '?connection=tab', ...withToken(ada) });
    using second = await openSocket(system, { query: '?connection=tab', ...withToken(ada) });
    expect(await first.closed).toMatchObject({ code: 4008 });
    await system.append('p1', 'still here');
    for (const { frames } of [oldest, other, second]) {
      await expect.poll(() => frames.some(({ type }) => type === 'batch')).toBe(true);
    }
  });

  test('that end give their place back, however they end', async () => {
    await using system = await privateSystem({ limits: { perUser: 2, perProject: 2 } });
    const tokens = [await system.token('ada'), await system.token('bob'), await system.token('eve')] as const;
    using first = await openSocket(system, withToken(tokens[0]));
    using second = await openSse(system, { headers: { authorization: `Bearer ${tokens[1]}` } });
    await expect.poll(() => second.text).toContain('event: hello');
    await expect(openSocket(system, withToken(tokens[2]))).rejects.toBeTruthy();
    first.socket.terminate();
    await expect.poll(() => system.feeds.readers.size).toBe(1);
    using third = await openSocket(system, withToken(tokens[2]));
    second[Symbol.dispose]();
    await expect.poll(() => system.feeds.readers.size).toBe(1);
    using fourth = await openSocket(system, withToken(tokens[0]));
    expect([third, fourth].map(({ socket }) => socket.readyState)).toEqual([WebSocket.OPEN, WebSocket.OPEN]);
  });

  test('are not given up for one whose client has gone before it was known', async () => {
    await using system = await privateSystem({ limits: { perUser: 1 }, authenticationMs: () => 30 });
    const token = await system.token('ada');
    using client = await openSocket(system, withToken(token));
    const headers = { authorization: `Bearer ${token}`, accept: 'text/event-stream' };
    const gone = fetch(system.url, { headers, signal: AbortSignal.timeout(10) });
    await expect(gone).rejects.toBeTruthy();
    await system.append('p1', 'still here');
    await expect.poll(() => client.frames.some(({ type }) => type === 'batch')).toBe(true);
    expect(client.socket.readyState).toBe(WebSocket.OPEN);
  });
});
