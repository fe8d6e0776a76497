import { describe, expect, test } from 'vitest';
import { type ProposalsSystem, proposalsSystem } from './support/proposals-system.ts';
import { openRawWebSocket, type RawWebSocket } from './support/raw-websocket.ts';

// specs/002 "Connection Limits", with their defaults of 5 and 50. The server is a process of its own.

const PATH = '/ws/projects/alpha';
const FEED = '/api/v1/proposals/alpha.add-login/events';
/** As many as nobody reaches, to show that the measure would see it. */
const UNLIMITED = { MILLRACE_MAX_CONNECTIONS_PER_USER: '1000', MILLRACE_MAX_CONNECTIONS_PER_PROJECT: '1000' };

const limited = (env: Readonly<Record<string, string>> = {}) =>
  proposalsSystem({ env: { MILLRACE_LOG_LEVEL: 'debug', ...env } });

/**
 * How many WebSockets of the project were open at most at any instant: the server writes a line as it opens one and as it
 * closes one, in the order in which it does so. Waits for the lines of as many as were opened.
 */
async function mostOpenAtOnce(system: ProposalsSystem, opened: number): Promise<number> {
  const changes = () =>
    system
      .output()
      .split('\n')
      .filter((line) => line.includes('"feed":"project"') && line.endsWith('}'))
      .map((line) => (JSON.parse(line) as { msg: string }).msg);
  await expect.poll(() => changes().filter((change) => change === 'WebSocket opened').length).toBe(opened);
  let open = 0;
  let most = 0;
  for (const change of changes()) {
    if (change === 'WebSocket opened') open += 1;
    if (change === 'WebSocket closed') open -= 1;
    most = Math.max(most, open);
  }
  return most;
}

/** All at once, each over a socket of its own. */
async function connectAll(system: ProposalsSystem, tokens: readonly string[]) {
  const owned = new DisposableStack();
  const peers: readonly RawWebSocket[] = await Promise.all(
    tokens.map(async (token) => owned.use(await openRawWebSocket({ port: system.port, path: PATH, token }))),
  );
  const upgraded = peers.filter(({ status }) => status === 101);
  const refused = peers.filter(({ status }) => status === 503);
  const isOpen = (peer: RawWebSocket) => peer.closeCode() === undefined && !peer.isEnded();
  return {
    upgraded,
    refused,
    openNow: () => upgraded.filter(isOpen).length,
    closedWith: (code: number) => upgraded.filter((peer) => peer.closeCode() === code).length,
    [Symbol.dispose]: () => owned.dispose(),
  };
}

describe('Max connections per user', () => {
  test('the sixth closes the oldest with 4008 and is accepted, whatever the transport of the oldest', async () => {
    await using system = await limited();
    const [ann, vic] = [await system.person('ann'), await system.person('vic', ['viewer'])];
    using other = await vic.watch(PATH);
    using stream = await ann.listen(FEED);
    const sockets = [];
    for (let index = 0; index < 5; index += 1) sockets.push(await ann.watch(PATH));
    await stream.ended;
    expect(stream.received.at(-1)).toMatchObject({ name: 'close', data: { code: 4008 } });
    sockets.push(await ann.watch(PATH));
    expect((await sockets[0]?.closed)?.code).toBe(4008);
    expect((await vic.post('/api/v1/projects/alpha/lock')).status).toBe(403);
    expect((await ann.post('/api/v1/projects/alpha/lock')).status).toBe(200);
    for (const open of [...sockets.slice(1), other]) await open.next({ type: 'lock_changed' });
    expect(sockets[0]?.frames).toEqual([]);
    for (const { socket } of sockets) socket.close();
  });

  test('a connection of the same name takes the place of its predecessor, and of no other', async () => {
    await using system = await limited();
    const ann = await system.person('ann');
    using oldest = await ann.watch(PATH);
    const named = [await ann.watch(`${PATH}?connection=tab`)];
    for (let index = 0; index < 6; index += 1) {
      named.push(await ann.watch(`${PATH}?connection=tab`));
      expect((await named[index]?.closed)?.code).toBe(4008);
    }
    await ann.post('/api/v1/projects/alpha/lock');
    await oldest.next({ type: 'lock_changed' });
    await named.at(-1)?.next({ type: 'lock_changed' });
    named.at(-1)?.socket.close();
  });

  test('200 connects of one user at the same time: never more than 5 are open at any instant', async () => {
    await using system = await limited();
    const token = await system.token('ann');
    using all = await connectAll(
      system,
      Array.from({ length: 200 }, () => token),
    );
    await expect.poll(() => all.closedWith(4008)).toBe(195);
    const seen = {
      upgraded: all.upgraded.length,
      superseded: all.closedWith(4008),
      openAtTheEnd: all.openNow(),
      mostAtOnce: await mostOpenAtOnce(system, 200),
    };
    console.info('real server, 200 connects of one user', JSON.stringify(seen));
    expect(seen).toEqual({ upgraded: 200, superseded: 195, openAtTheEnd: 5, mostAtOnce: 5 });
  });

  test('without the limit the same measure sees all 200', async () => {
    await using system = await limited(UNLIMITED);
    const token = await system.token('ann');
    using all = await connectAll(
      system,
      Array.from({ length: 200 }, () => token),
    );
    expect(all.openNow()).toBe(200);
    expect(await mostOpenAtOnce(system, 200)).toBe(200);
  });
});

describe('Max connections per project', () => {
  const people = (system: ProposalsSystem, count: number) =>
    Promise.all(Array.from({ length: count }, (_, index) => system.token(`user-${index}`)));

  test('the 51st is refused with 503 and Retry-After before the upgrade, on every transport, until one has gone', async () => {
    await using system = await limited();
    using all = await connectAll(system, await people(system, 50));
    expect(all.openNow()).toBe(50);
    const late = await system.person('late');
    const knock = () => openRawWebSocket({ port: system.port, path: PATH, token: late.token });
    {
      using refused = await knock();
      expect(refused.status).toBe(503);
      expect(refused.head).toMatch(/^retry-after: 5$/im);
    }
    const stream = await late.get(FEED, { accept: 'text/event-stream' });
    expect(stream).toMatchObject({ status: 503, body: { error: { code: 'project_full' } } });
    expect(stream.headers.get('retry-after')).toBe('5');
    expect(all.openNow()).toBe(50);
    // Another project has room.
    using beta = await late.watch('/ws/projects/beta');
    expect(beta.socket.readyState).toBe(WebSocket.OPEN);

    all.upgraded[0]?.[Symbol.dispose]();
    const statusNow = async () => {
      using another = await knock();
      return another.status;
    };
    await expect.poll(statusNow).toBe(101);
  });

  test('500 connects to one project at the same time: never more than 50 are open at any instant', async () => {
    await using system = await limited();
    using all = await connectAll(system, await people(system, 500));
    const seen = {
      upgraded: all.upgraded.length,
      refused: all.refused.length,
      refusedWithRetryAfter: all.refused.filter(({ head }) => /^retry-after: 5$/im.test(head)).length,
      openAtTheEnd: all.openNow(),
      mostAtOnce: await mostOpenAtOnce(system, 50),
    };
    console.info('real server, 500 connects to one project', JSON.stringify(seen));
    expect(seen).toEqual({
      upgraded: 50,
      refused: 450,
      refusedWithRetryAfter: 450,
      openAtTheEnd: 50,
      mostAtOnce: 50,
    });
  });

  test('without the limit the same measure sees all 500', async () => {
    await using system = await limited(UNLIMITED);
    using all = await connectAll(system, await people(system, 500));
    expect(all.openNow()).toBe(500);
    expect(await mostOpenAtOnce(system, 500)).toBe(500);
  });
});
