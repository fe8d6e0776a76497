import type { ServerWebSocket } from 'bun';
import type { Connection, Socket, SocketOwner } from './socket.ts';

export interface BunServerOptions {
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** Answers a request; `undefined` after a successful upgrade. Must not throw. */
  readonly handle: (request: Request, connection: Connection) => Promise<Response | undefined>;
  /** Bytes of a WebSocket message from a client; a larger one closes the connection with 1009. */
  readonly maxMessageBytes: number;
  /** Bytes of a request body. */
  readonly maxBodyBytes: number;
}

export interface RunningServer {
  readonly port: number;
  readonly hostname: string;
  /** Ends every connection and stops listening. */
  stop(): Promise<void>;
}

/** Above this Bun drops frames silently. Readers stop writing long before: they wait for `drain` after each batch. */
const DROP_LIMIT_BYTES = 64 * 1024 * 1024;

/** The one place that uses Bun's server. */
export function startBunServer(options: BunServerOptions): RunningServer {
  const server = Bun.serve<SocketOwner>({
    hostname: options.host,
    port: options.port,
    idleTimeout: 30,
    maxRequestBodySize: options.maxBodyBytes,
    // Else an error that nobody expected is answered with a page that shows sources.
    development: false,
    // Without development mode Bun's default is true: a second server would take half of the first one's clients.
    reusePort: false,
    async fetch(request, bun) {
      const connection: Connection = {
        remoteAddress: () => bun.requestIP(request)?.address ?? '',
        // Without the header Bun would claim to speak whatever was offered first; empty, it is left out.
        upgrade: (owner, protocol = '') =>
          bun.upgrade(request, { data: owner, headers: { 'Sec-WebSocket-Protocol': protocol } }),
        allowSilence: (seconds) => bun.timeout(request, seconds),
      };
      return (await options.handle(request, connection)) as Response;
    },
    websocket: {
      // Deadlines are Millrace's own: see transports/websocket.ts.
      idleTimeout: 0,
      sendPings: false,
      perMessageDeflate: false,
      maxPayloadLength: options.maxMessageBytes,
      backpressureLimit: DROP_LIMIT_BYTES,
      open: (socket) => socket.data.opened(new BunSocket(socket)),
      message: (socket, message) => socket.data.received(typeof message === 'string' ? message : undefined),
      drain(socket) {
        // Bun tells of every part that has gone. Who wrote a batch for each would fill the buffer faster than it empties.
        if (socket.getBufferedAmount() === 0) socket.data.drained();
      },
      ping: (socket) => socket.data.heard(),
      pong: (socket) => socket.data.heard(),
      close: (socket, code, reason) => socket.data.closed(code, reason),
    },
  });
  return {
    port: server.port ?? options.port,
    hostname: server.hostname ?? options.host,
    stop: () => server.stop(true),
  };
}

class BunSocket implements Socket {
  readonly #socket: ServerWebSocket<SocketOwner>;

  constructor(socket: ServerWebSocket<SocketOwner>) {
    this.#socket = socket;
  }

  send(text: string): 'sent' | 'full' | 'closed' {
    const result = this.#socket.sendText(text);
    if (result === 0) return 'closed';
    return result === -1 ? 'full' : 'sent';
  }

  buffered(): number {
    return this.#socket.getBufferedAmount();
  }

  ping(): void {
    this.#socket.ping();
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }

  cork(body: () => void): void {
    this.#socket.cork(body);
  }
}
