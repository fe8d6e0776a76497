import type { Transport } from './raw-feed.ts';

export interface StreamRequest {
  readonly port: number;
  /** With its query. */
  readonly path: string;
  readonly transport: Exclude<Transport, 'poll'>;
}

/** What a client sends over TCP to open a stream. */
export function feedRequest({ port, path, transport }: StreamRequest): string {
  const upgrade = ['Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Version: 13'];
  const webSocket = [...upgrade, 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='];
  const headers = {
    sse: ['Accept: text/event-stream'],
    websocket: webSocket,
    'websocket-v1': [...webSocket, 'Sec-WebSocket-Protocol: millrace.v1'],
  };
  return [`GET ${path} HTTP/1.1`, `Host: 127.0.0.1:${port}`, ...headers[transport], '', ''].join('\r\n');
}
