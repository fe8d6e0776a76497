import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A TCP proxy on loopback that breaks connections the way networks do. */
export interface FaultProxy extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** What its faults have met so far. */
  readonly met: Readonly<FaultCounts>;
  /** Ends every connection at once, without a word. */
  cut(): void;
  /**
   * Half-open: the event streams of now stay connected, and no byte passes any more. Idle connections, which a browser
   * would take for its next request, and new ones work.
   */
  freezeStreams(): void;
  /** Half-open, whatever the connections of now carry. New ones work. */
  freeze(): void;
  /** Ends every connection of now once this many bytes more have gone to its client: in the middle of something longer. */
  cutAfter(bytes: number): void;
  /** Sends the next bytes to the client of every connection of now one by one. */
  slice(bytes: number): void;
  /** Holds everything back for this long on its way to the client. */
  delay(ms: number): void;
  /** There is no network: ends every connection, and new ones as soon as they come, until it is called with false. */
  away(isAway: boolean): void;
  /** Ends requests for a stream, by WebSocket or server-sent events, and lets all others pass. */
  refuseStreams(isRefusing: boolean): void;
}

export interface FaultCounts {
  /** Connections that were ended at once. */
  cut: number;
  /** Connections that were ended with a part of what the server had written in one go. */
  cutInTheMiddle: number;
  frozen: number;
  /** Connections that were ended as soon as they came. */
  refused: number;
  /** Bytes that went alone. */
  sliced: number;
  /** Times that something was held back. */
  delayed: number;
}

interface Pair {
  readonly client: Socket;
  readonly upstream: Socket;
  /** Whether it has carried a response of server-sent events. */
  isStream: boolean;
  isFrozen: boolean;
  /** Bytes that may still go to the client. */
  bytesLeft: number;
  /** Bytes that still go to the client one by one. */
  toSlice: number;
}

interface Parcel {
  readonly bytes: Buffer;
  readonly dueAt: number;
}

const STREAM_REQUEST = /^(upgrade: *websocket|accept: *text\/event-stream)/im;

/** Starts a proxy before a port of this machine, which need not be listened on yet. */
export async function startFaultProxy(targetPort: number): Promise<FaultProxy> {
  const pairs = new Set<Pair>();
  const met: FaultCounts = { cut: 0, cutInTheMiddle: 0, frozen: 0, refused: 0, sliced: 0, delayed: 0 };
  let delayMs = 0;
  let isAway = false;
  let refusesStreams = false;

  const server = createServer({ noDelay: true }, (client) => {
    if (isAway) {
      met.refused += 1;
      client.on('error', () => {});
      client.destroy();
      return;
    }
    const upstream = connect({ port: targetPort, host: '127.0.0.1', noDelay: true });
    const fresh = { isStream: false, isFrozen: false, bytesLeft: Number.POSITIVE_INFINITY, toSlice: 0 };
    const pair: Pair = { client, upstream, ...fresh };
    pairs.add(pair);
    client.on('data', (bytes) => {
      if (pair.isFrozen) return;
      if (refusesStreams && STREAM_REQUEST.test(bytes.toString('latin1'))) {
        met.refused += 1;
        end(pair);
      } else upstream.write(bytes);
    });
    client.on('error', () => {});
    // A frozen pair reads on and forgets: neither end notices anything.
    client.on('close', () => {
      if (!pair.isFrozen) end(pair);
    });
    carryBack(pair);
  });

  /** One parcel after the other, so that a shorter delay overtakes nothing, and the end after the last. */
  function carryBack(pair: Pair): void {
    const { client, upstream } = pair;
    let last = Promise.resolve();
    upstream.on('data', (bytes) => {
      if (bytes.includes('text/event-stream')) pair.isStream = true;
      if (pair.isFrozen) return;
      if (delayMs > 0) met.delayed += 1;
      const parcel = { bytes, dueAt: performance.now() + delayMs };
      last = last.then(() => deliver(pair, parcel));
    });
    upstream.on('error', () => {});
    upstream.on('close', () => {
      last = last.then(() => {
        if (!pair.isFrozen) client.end(() => end(pair));
      });
    });
  }

  async function deliver(pair: Pair, { bytes, dueAt }: Parcel): Promise<void> {
    const waitMs = dueAt - performance.now();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    const passing = bytes.subarray(0, pair.bytesLeft);
    const isCut = passing.length < bytes.length;
    pair.bytesLeft -= passing.length;
    let sent = 0;
    for (; sent < passing.length && pair.toSlice > 0; sent += 1) {
      if (pair.isFrozen || !pair.client.writable) return;
      pair.toSlice -= 1;
      met.sliced += 1;
      pair.client.write(passing.subarray(sent, sent + 1));
      await new Promise(setImmediate);
    }
    if (pair.isFrozen || !pair.client.writable) return;
    if (!isCut) {
      pair.client.write(passing.subarray(sent));
      return;
    }
    met.cutInTheMiddle += 1;
    pair.client.write(passing.subarray(sent), () => end(pair));
  }

  function end(pair: Pair): void {
    pair.client.destroy();
    pair.upstream.destroy();
    pairs.delete(pair);
  }

  function cut(): void {
    met.cut += pairs.size;
    for (const pair of [...pairs]) end(pair);
  }

  function freeze(pair: Pair): void {
    if (!pair.isFrozen) met.frozen += 1;
    pair.isFrozen = true;
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the proxy has no port');
  const { port } = address;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    met,
    cut,
    freezeStreams() {
      for (const pair of pairs) if (pair.isStream) freeze(pair);
    },
    freeze() {
      for (const pair of pairs) freeze(pair);
    },
    cutAfter(bytes) {
      for (const pair of pairs) pair.bytesLeft = bytes;
    },
    slice(bytes) {
      for (const pair of pairs) pair.toSlice = bytes;
    },
    delay(ms) {
      delayMs = ms;
    },
    away(is) {
      isAway = is;
      if (is) cut();
    },
    refuseStreams(is) {
      refusesStreams = is;
    },
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      cut();
      await closed;
    },
  };
}
