import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A TCP proxy on loopback that breaks connections the way networks do. */
export interface FaultProxy extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** Ends every connection at once, without a word. */
  cut(): void;
  /**
   * Half-open: the event streams of now stay connected, and no byte passes any more. Idle connections, which a browser
   * would take for its next request, and new ones work.
   */
  freezeStreams(): void;
  /** Holds everything back for this long on its way to the client. */
  delay(ms: number): void;
}

interface Pair {
  readonly client: Socket;
  readonly upstream: Socket;
  /** Whether it has carried a response of server-sent events. */
  isStream: boolean;
  isFrozen: boolean;
}

/** Starts a proxy before a port of this machine, which need not be listened on yet. */
export async function startFaultProxy(targetPort: number): Promise<FaultProxy> {
  const pairs = new Set<Pair>();
  let delayMs = 0;

  const server = createServer({ noDelay: true }, (client) => {
    const pair: Pair = { client, upstream: connect(targetPort, '127.0.0.1'), isStream: false, isFrozen: false };
    pairs.add(pair);
    join(pair, client, pair.upstream, () => 0);
    join(pair, pair.upstream, client, () => delayMs);
  });

  /** A frozen pair reads on and forgets: neither end notices anything. */
  function join(pair: Pair, from: Socket, to: Socket, delay: () => number): void {
    from.on('data', (bytes) => {
      if (from === pair.upstream && bytes.includes('text/event-stream')) pair.isStream = true;
      if (pair.isFrozen) return;
      const waitMs = delay();
      if (waitMs === 0) to.write(bytes);
      else setTimeout(() => to.writable && to.write(bytes), waitMs);
    });
    from.on('error', () => {});
    from.on('close', () => {
      if (pair.isFrozen) return;
      to.destroy();
      pairs.delete(pair);
    });
  }

  function cut(): void {
    for (const { client, upstream } of pairs) {
      client.destroy();
      upstream.destroy();
    }
    pairs.clear();
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the proxy has no port');
  const { port } = address;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    cut,
    freezeStreams() {
      for (const pair of pairs) if (pair.isStream) pair.isFrozen = true;
    },
    delay(ms) {
      delayMs = ms;
    },
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      cut();
      await closed;
    },
  };
}
