import { connect } from 'node:net';
import { expect } from 'vitest';
import type { EngineSystem } from './engine-system.ts';

interface Page {
  readonly events: readonly { readonly text: string }[];
  readonly cursor: string;
  readonly upToDate: boolean;
}

type Served = Pick<EngineSystem, 'url'>;

/** A WebSocket and everything it received. */
export async function openSocket({ url }: Served, { query = '', protocols = [] as string[] } = {}) {
  const socket = new WebSocket(`${url.replace('http:', 'ws:')}${query}`, protocols);
  const frames: { type: string; [member: string]: unknown }[] = [];
  socket.onmessage = ({ data }) => frames.push(JSON.parse(String(data)));
  const closed = new Promise<CloseEvent>((resolve) => {
    socket.onclose = resolve;
  });
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = reject;
  });
  return { socket, frames, closed, [Symbol.dispose]: () => socket.close() };
}

/** The text of an SSE response so far. */
export async function openSse({ url }: Served, { query = '', headers = {} as Record<string, string> } = {}) {
  const abort = new AbortController();
  const response = await fetch(`${url}${query}`, {
    headers: { accept: 'text/event-stream', ...headers },
    signal: abort.signal,
  });
  const stream = { response, text: '', isEnded: false, [Symbol.dispose]: () => abort.abort() };
  const read = async () => {
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) stream.text += decoder.decode(chunk, { stream: true });
  };
  read().then(
    () => {
      stream.isEnded = true;
    },
    () => {},
  );
  return stream;
}

/** The answer of the feed as one page. */
export const getPage = async ({ url }: Served, query = '', headers: Record<string, string> = {}) => {
  const response = await fetch(`${url}${query}`, { headers: { accept: 'application/json', ...headers } });
  return { status: response.status, headers: response.headers, body: (await response.json()) as Page };
};

export function handshake(protocol?: string, path = '/feed', host = 'x'): string[] {
  return [
    `GET ${path} HTTP/1.1`,
    `Host: ${host}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version: 13',
    ...(protocol ? [`Sec-WebSocket-Protocol: ${protocol}`] : []),
  ];
}

/** A TCP connection that sent these lines, and what came back. */
async function openTcp({ server }: Pick<EngineSystem, 'server'>, lines: string[]) {
  const socket = connect(server.port, '127.0.0.1');
  const peer = { socket, received: [] as Buffer[], isEnded: false };
  socket.on('data', (chunk) => peer.received.push(chunk));
  socket.on('error', () => {});
  socket.on('close', () => {
    peer.isEnded = true;
  });
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  await expect.poll(() => Buffer.concat(peer.received).toString('latin1')).toContain('\r\n\r\n');
  return peer;
}

export async function rawRequest(system: EngineSystem, lines: string[]): Promise<string> {
  const peer = await openTcp(system, lines);
  peer.socket.destroy();
  return Buffer.concat(peer.received).toString('latin1');
}

/** A WebSocket whose peer reads but never answers anything. */
export function openHalfOpen(system: EngineSystem) {
  return openTcp(system, handshake());
}

/** A client that stops reading right after the start. */
export async function openStalled(system: EngineSystem, kind: string) {
  const lines =
    kind === 'sse'
      ? ['GET /feed HTTP/1.1', 'Host: x', 'Accept: text/event-stream']
      : handshake(kind === 'websocket-v1' ? 'millrace.v1' : undefined);
  const peer = await openTcp(system, lines);
  await expect.poll(() => system.feeds.readers.size).toBe(1);
  peer.socket.pause();
  return {
    /** Reads on until `count` events have come; returns the number each begins with. */
    async readOn(count: number): Promise<number[]> {
      peer.socket.resume();
      const numbers = () => [
        ...Buffer.concat(peer.received)
          .toString('latin1')
          .matchAll(/"text":"(\d+) x/g),
      ];
      await expect.poll(() => numbers().length, { interval: 200 }).toBe(count);
      peer.socket.destroy();
      return numbers().map((match) => Number(match[1]));
    },
  };
}

interface StalledRequest {
  readonly path: string;
  readonly transport: 'websocket' | 'sse';
  readonly token: string;
}

/** A client with a token that stops reading right after the start, and may later read what still comes. */
export async function openStalledAt(system: Pick<EngineSystem, 'server' | 'feeds'>, request: StalledRequest) {
  const { path, transport, token } = request;
  const start =
    transport === 'sse' ? [`GET ${path} HTTP/1.1`, 'Host: x', 'Accept: text/event-stream'] : handshake(undefined, path);
  const peer = await openTcp(system, [...start, `Authorization: Bearer ${token}`]);
  await expect.poll(() => system.feeds.readers.size).toBe(1);
  peer.socket.pause();
  return {
    /** Reads on until this came, which the server ends with, and returns all of it. */
    async readUntil(last: string): Promise<string> {
      const text = () => Buffer.concat(peer.received).toString('latin1');
      peer.socket.resume();
      await expect.poll(text, { interval: 200 }).toContain(last);
      peer.socket.destroy();
      return text();
    },
  };
}
