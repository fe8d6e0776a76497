import { describe, expect, it } from 'vitest';
import { createFeedConnection } from './feed-connection.ts';
import { createSleepCountingClock } from './sleep-counting-clock.ts';
import { ScriptedEnvironment } from './testing/scripted-environment.ts';

const cursor = (seq: number) => `e.${seq}.t${seq}`;
const hello = (seq: number) => ({ type: 'hello', cursor: cursor(seq), feed: 'x', heartbeatMs: 15_000 });

function livePage() {
  const environment = new ScriptedEnvironment();
  const connection = createFeedConnection({ url: '/stream', environment, onEvents: () => {} });
  const socket = () => {
    const last = environment.sockets.at(-1);
    if (!last) throw new Error('no socket was opened');
    return last;
  };
  connection.start();
  socket().send(hello(10));
  return { environment, connection, socket, name: () => connection.status().name };
}

describe('a connection that wakes', () => {
  it('opens the stream again within a second after the machine slept, at its cursor', async () => {
    const { environment, socket, name } = livePage();
    const first = socket();
    environment.sleep(20_000);
    expect(name()).toBe('live');
    await environment.advance(1_000);
    expect(first.isClosed).toBe(true);
    expect(environment.sockets).toHaveLength(2);
    expect(socket().url).toContain(`cursor=${cursor(10)}`);
    socket().send(hello(10));
    expect(name()).toBe('live');
  });

  it('tries at once when it slept through its next try', async () => {
    const { environment, connection, socket } = livePage();
    for (let round = 0; round < 4; round += 1) {
      socket().end(1006);
      await environment.advance((connection.status().nextRetryAt ?? 0) - environment.now());
    }
    socket().end(1006);
    const before = environment.sockets.length;
    environment.sleep(8_000);
    await environment.advance(1_000);
    expect(environment.sockets).toHaveLength(before + 1);
    expect(connection.status().failures).toBe(0);
  });

  it('tries at once when its page is shown again', () => {
    const { environment, connection, socket } = livePage();
    socket().end(1006);
    environment.changePage('shown');
    expect(environment.sockets).toHaveLength(2);
    expect(connection.status().name).toBe('reconnecting');
  });

  it('leaves a healthy stream alone when its page is shown again', () => {
    const { environment, name } = livePage();
    environment.changePage('shown');
    expect(environment.sockets).toHaveLength(1);
    expect(name()).toBe('live');
  });

  it('closes its socket before the browser keeps the page, and continues at its cursor when it is restored', async () => {
    const { environment, socket, name } = livePage();
    const first = socket();
    environment.changePage('suspended');
    expect(first.isClosed).toBe(true);
    environment.sleep(5_000);
    environment.changePage('restored');
    expect(name()).toBe('reconnecting');
    expect(environment.sockets).toHaveLength(2);
    expect(socket().url).toContain(`cursor=${cursor(10)}`);
    socket().send(hello(10));
    expect(name()).toBe('live');
  });
});

describe('the clock of a connection', () => {
  it('counts the sleep that the monotonic clock leaves out, and ignores small corrections of the wall clock', () => {
    let monotonic = 1_000;
    let wall = 50_000;
    const now = createSleepCountingClock({ monotonic: () => monotonic, wall: () => wall });
    monotonic += 500;
    wall += 1_400;
    expect(now()).toBe(1_500);
    monotonic += 10;
    wall += 3_600_010;
    expect(now()).toBe(3_601_510);
    monotonic += 10;
    wall -= 7_200_000;
    expect(now()).toBe(3_601_520);
  });
});
