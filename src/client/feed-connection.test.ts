import { describe, expect, it } from 'vitest';
import { createFeedConnection } from './feed-connection.ts';
import { RefusedError } from './feed-problem.ts';
import { batch, cursor, event, hello, liveScene, scene } from './testing/connection-scene.ts';
import { ScriptedEnvironment } from './testing/scripted-environment.ts';

describe('createFeedConnection', () => {
  it('loads the snapshot and tails from its cursor with the millrace.v1 subprotocol', async () => {
    const { socket, name, received } = await liveScene();
    expect(socket().url).toBe(`ws://millrace.test/stream?cursor=${cursor(10)}`);
    expect(socket().protocols).toEqual(['millrace.v1']);
    expect(name()).toBe('live');
    socket().send(batch(10, 12));
    expect(received).toEqual([cursor(11), cursor(12)]);
  });

  it('continues from the position of a page that is shown already, without its snapshot', async () => {
    const { environment, connection, socket, snapshots, received } = scene({ cursor: cursor(7) });
    connection.start();
    await environment.settle();
    expect(socket().url).toBe(`ws://millrace.test/stream?cursor=${cursor(7)}`);
    socket().send(hello(7));
    socket().send(batch(7, 9));
    expect(received).toEqual([cursor(8), cursor(9)]);
    expect(snapshots()).toBe(0);
  });

  it('loads the snapshot where that position cannot be continued', async () => {
    const { environment, connection, socket, snapshots } = scene({ cursor: cursor(7) });
    connection.start();
    await environment.settle();
    socket().send({ type: 'reset', reason: 'cursor_expired', cursor: cursor(40) });
    await environment.settle();
    expect(snapshots()).toBe(1);
    expect(socket().url).toContain(`cursor=${cursor(10)}`);
  });

  it('resumes at its cursor after a loss, so that nothing is missed or shown twice', async () => {
    const { environment, socket, received, name } = await liveScene();
    socket().send(batch(10, 12));
    socket().end(1006);
    expect(name()).toBe('reconnecting');
    await environment.advance(1_000);
    expect(socket().url).toContain(`cursor=${cursor(12)}`);
    socket().send(hello(12));
    socket().send(batch(11, 14));
    expect(received).toEqual([11, 12, 13, 14].map(cursor));
  });

  it('loads a new snapshot when a batch starts beyond the cursor', async () => {
    const { environment, socket, received, snapshots, problems } = await liveScene();
    socket().send(batch(10, 11));
    socket().send(batch(12, 13));
    await environment.settle();
    expect(received).toEqual([cursor(11)]);
    expect(snapshots()).toBe(2);
    expect(problems.map((problem) => problem.kind)).toEqual(['gap']);
    expect(environment.sockets).toHaveLength(2);
  });

  it('loads a new snapshot at once when the server asks for it, also after a long outage', async () => {
    const { environment, socket, snapshots, name } = await liveScene();
    socket().send(batch(10, 11));
    socket().end(1006);
    await environment.advance(1_000);
    socket().end(1006);
    await environment.advance(2_000);
    socket().send({ ...hello(1), cursor: 'f.1.t' });
    await environment.settle();
    expect(snapshots()).toBe(2);
    socket().send(hello(10));
    expect(name()).toBe('live');
    socket().send(batch(10, 11));
    socket().send({ type: 'reset', reason: 'epoch_changed', cursor: 'f.1.t' });
    await environment.settle();
    expect(snapshots()).toBe(3);
  });

  it('waits before another snapshot when the stream does not accept the first', async () => {
    const { environment, connection, socket, snapshots } = scene();
    connection.start();
    await environment.settle();
    socket().send(hello(40));
    await environment.settle();
    expect(snapshots()).toBe(1);
    await environment.advance(1_000);
    expect(snapshots()).toBe(2);
  });

  it('reports a frame it cannot read and goes on', async () => {
    const { socket, received, problems, name } = await liveScene();
    socket().sendText('{"type":"batch"');
    socket().send({ type: 'surprise' });
    socket().send(batch(10, 11));
    expect(problems.map((problem) => problem.kind)).toEqual(['invalid_frame', 'invalid_frame']);
    expect(received).toEqual([cursor(11)]);
    expect(name()).toBe('live');
  });

  it('reports a handler that throws and stays connected', async () => {
    const { socket, problems, name } = await liveScene({
      onEvents: () => {
        throw new Error('broken page');
      },
    });
    socket().send(batch(10, 11));
    expect(problems.map((problem) => problem.kind)).toEqual(['handler_failed']);
    expect(name()).toBe('live');
  });

  it('hands on what heartbeats carry, of the stream and of pages that are polled', async () => {
    const beats: unknown[] = [];
    const { environment, connection, socket, problems } = await liveScene({
      settings: { poll: { afterFailures: 1, everyMs: 10_000 } },
      onHeartbeat(members) {
        beats.push(members);
        if (beats.length === 1) throw new Error('broken page');
      },
    });
    socket().send({ type: 'heartbeat', cursor: cursor(12), at: 'then', queue_depth: 3 });
    expect(connection.cursor()).toBe(cursor(12));
    const heartbeat = { type: 'heartbeat', cursor: cursor(12), at: 'later', queue_depth: 4 };
    environment.respond = () =>
      Response.json({ events: [], from: cursor(12), cursor: cursor(12), upToDate: true, heartbeat });
    socket().end(1006);
    await environment.advance(1_000);
    socket().end(1006);
    await environment.settle();
    expect(beats).toEqual([
      { at: 'then', queue_depth: 3 },
      { at: 'later', queue_depth: 4 },
    ]);
    expect(problems.map(({ kind }) => kind)).toContain('handler_failed');
  });

  it('closes a stream that was silent for two heartbeats and opens another', async () => {
    const { environment, socket, name } = await liveScene();
    const first = socket();
    await environment.advance(20_000);
    first.send({ type: 'heartbeat', cursor: cursor(10), at: 'now' });
    await environment.advance(29_999);
    expect(name()).toBe('live');
    await environment.advance(1);
    expect(first.isClosed).toBe(true);
    expect(name()).toBe('reconnecting');
    await environment.advance(1_000);
    expect(environment.sockets).toHaveLength(2);
  });

  it('shows the loss of the network at once and reconnects as soon as it returns', async () => {
    const { environment, connection, name } = await liveScene();
    environment.setOnline(false);
    expect(name()).toBe('offline');
    environment.setOnline(true);
    expect(connection.status()).toEqual({ name: 'reconnecting', nextRetryAt: undefined, failures: 0 });
    expect(environment.sockets).toHaveLength(2);
  });

  it('still reaches a server on the same machine while the browser is offline', async () => {
    const { environment, socket, name } = await liveScene();
    environment.setOnline(false);
    await environment.advance(1_000);
    socket().send(hello(10));
    expect(name()).toBe('live');
  });

  it('says when it will try again, and tries at once when asked', async () => {
    const { environment, connection, socket } = await liveScene();
    socket().end(1006);
    expect(connection.status().nextRetryAt).toBe(1_000);
    connection.reconnect();
    expect(environment.sockets).toHaveLength(2);
    expect(connection.status().nextRetryAt).toBeUndefined();
  });

  it('does not come back on its own after another connection took its place', async () => {
    const { environment, connection, socket, name } = await liveScene();
    socket().end(4008);
    await environment.advance(600_000);
    expect(name()).toBe('evicted');
    expect(environment.sockets).toHaveLength(1);
    connection.reconnect();
    expect(environment.sockets).toHaveLength(2);
  });

  it('stops asking when the snapshot is refused', async () => {
    const { environment, connection, name } = scene({
      snapshot: async () => {
        throw new RefusedError('HTTP 401');
      },
    });
    connection.start();
    await environment.advance(600_000);
    expect(name()).toBe('unauthorized');
    expect(environment.sockets).toHaveLength(0);
  });

  it('polls the same URL with the same cursor while the stream cannot be opened', async () => {
    const { environment, connection, received, socket, name } = scene({
      settings: { poll: { afterFailures: 1, everyMs: 10_000 } },
    });
    environment.respond = () =>
      Response.json({ events: [event(11)], from: cursor(10), cursor: cursor(11), upToDate: true });
    connection.start();
    await environment.settle();
    socket().end(1006);
    await environment.advance(1_000);
    socket().end(1006);
    await environment.settle();
    expect(name()).toBe('polling');
    expect(environment.requests.slice(2)).toEqual([`http://millrace.test/stream?cursor=${cursor(10)}`]);
    expect(received).toEqual([cursor(11)]);
    await environment.advance(30_000);
    expect(environment.requests.at(-1)).toContain(cursor(11));
    socket().send(hello(11));
    socket().send(batch(10, 12));
    expect(received).toEqual([cursor(11), cursor(12)]);
    expect(name()).toBe('live');
  });

  it('joins at the head when it has no snapshot to load', async () => {
    const environment = new ScriptedEnvironment();
    const connection = createFeedConnection({ url: '/stream', environment, onEvents: () => {} });
    connection.start();
    expect(environment.sockets[0]?.url).toBe('ws://millrace.test/stream?cursor=latest');
    environment.sockets[0]?.send(hello(7));
    expect(connection.cursor()).toBe(cursor(7));
    connection.stop();
  });

  it('leaves nothing running after stop, and can be started again', async () => {
    const { environment, connection, socket, name } = await liveScene();
    connection.stop();
    expect(environment.leftovers).toBe(0);
    connection.start();
    await environment.settle();
    socket().send(hello(10));
    expect(name()).toBe('live');
    connection.stop();
    expect(environment.leftovers).toBe(0);
  });

  it('stops when its signal is aborted', async () => {
    const { environment, connection } = scene();
    const abort = new AbortController();
    connection.start(abort.signal);
    await environment.settle();
    abort.abort();
    expect(environment.leftovers).toBe(0);
  });

  it('is not stopped by the signal of an earlier start', async () => {
    const { environment, connection, name } = scene();
    const abort = new AbortController();
    connection.start(abort.signal);
    connection.stop();
    connection.start();
    await environment.settle();
    const before = name();
    abort.abort();
    expect(environment.leftovers).toBeGreaterThan(0);
    expect(name()).toBe(before);
    connection.stop();
  });

  it('tells its listeners only when the status changes', async () => {
    const { connection, socket } = await liveScene();
    let changes = 0;
    connection.subscribe(() => {
      changes += 1;
    });
    socket().send(batch(10, 11));
    socket().send({ type: 'heartbeat', cursor: cursor(11), at: 'now' });
    expect(changes).toBe(0);
    socket().end(1006);
    expect(changes).toBe(1);
  });
});
