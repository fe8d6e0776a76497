import { randomBytes } from 'node:crypto';
import type { Socket } from 'bun';
import type { Dialect } from './dialect.ts';

export interface WebSocketClientOptions {
  readonly port: number;
  readonly dialect: Dialect;
  /** Source address, for more connections than one address has ports. */
  readonly localAddress?: string;
  /** Called for every frame that holds events. */
  readonly onEvents?: (count: number, bytes: Buffer, start: number, end: number) => void;
}

const OPCODE = { text: 0x1, close: 0x8, ping: 0x9, pong: 0xa } as const;
const FINAL = 0x80;
const MASKED = 0x80;
const OPEN_LIMIT_MS = 30_000;
const NOTHING = Buffer.alloc(0);

/**
 * A WebSocket that only walks over the frames it gets. Thousands of them fit into one process without becoming what is
 * measured; servers of all kinds are given the same ones.
 */
export class WebSocketClient implements Disposable {
  readonly #options: WebSocketClientOptions;
  #socket: Socket<WebSocketClient> | undefined;
  #rest = NOTHING;
  #isUpgraded = false;
  #settled: { resolve: () => void; reject: (error: Error) => void } | undefined;
  #isClosed = false;

  private constructor(options: WebSocketClientOptions) {
    this.#options = options;
  }

  /** Settles when the server has greeted. */
  static async open(options: WebSocketClientOptions): Promise<WebSocketClient> {
    const client = new WebSocketClient(options);
    const { port, localAddress } = options;
    const timer = setTimeout(() => client.#end('no greeting in time'), OPEN_LIMIT_MS);
    try {
      const target = { hostname: '127.0.0.1', port, ...(localAddress === undefined ? {} : { localAddress }) };
      await new Promise<void>((resolve, reject) => {
        client.#settled = { resolve, reject };
        Bun.connect<WebSocketClient>({ ...target, data: client, socket: handlers }).catch(reject);
      });
    } finally {
      clearTimeout(timer);
    }
    return client;
  }

  /** False once either side has ended the connection. */
  get isOpen(): boolean {
    return !this.#isClosed;
  }

  [Symbol.dispose](): void {
    this.#isClosed = true;
    this.#socket?.terminate();
  }

  opened(socket: Socket<WebSocketClient>): void {
    const { dialect, port } = this.#options;
    this.#socket = socket;
    const protocol = dialect.protocol === undefined ? '' : `Sec-WebSocket-Protocol: ${dialect.protocol}\r\n`;
    socket.write(
      `GET ${dialect.path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n${protocol}\r\n`,
    );
  }

  received(chunk: Buffer): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const used = this.#isUpgraded ? this.#walk(bytes, 0) : this.#upgrade(bytes);
    this.#rest = used === bytes.length ? NOTHING : Buffer.from(bytes.subarray(used));
  }

  closed(): void {
    this.#end('the server closed the connection');
  }

  #upgrade(bytes: Buffer): number {
    const end = bytes.indexOf('\r\n\r\n');
    if (end < 0) return 0;
    const status = bytes.toString('latin1', 0, bytes.indexOf('\r\n'));
    if (!status.includes(' 101 ')) {
      this.#end(`the upgrade was answered ${status}`);
      return bytes.length;
    }
    this.#isUpgraded = true;
    if (!this.#options.dialect.greets) this.#greeted();
    return this.#walk(bytes, end + 4);
  }

  /** Reads the whole frames from `at` on; returns where the first incomplete one begins. */
  #walk(bytes: Buffer, from: number): number {
    let at = from;
    for (;;) {
      if (at + 2 > bytes.length) return at;
      let length = (bytes[at + 1] ?? 0) & 0x7f;
      let start = at + 2;
      if (length === 126) {
        if (at + 4 > bytes.length) return at;
        length = bytes.readUInt16BE(at + 2);
        start = at + 4;
      } else if (length === 127) {
        if (at + 10 > bytes.length) return at;
        length = Number(bytes.readBigUInt64BE(at + 2));
        start = at + 10;
      }
      const end = start + length;
      if (end > bytes.length) return at;
      this.#frame((bytes[at] ?? 0) & 0x0f, bytes, start, end);
      at = end;
    }
  }

  #frame(opcode: number, bytes: Buffer, start: number, end: number): void {
    if (opcode === OPCODE.text) {
      const found = this.#options.dialect.read(bytes, start, end, this.#reply);
      if (found === 'ready') this.#greeted();
      else if (found > 0) this.#options.onEvents?.(found, bytes, start, end);
    } else if (opcode === OPCODE.ping) {
      this.#send(OPCODE.pong, bytes.subarray(start, end));
    } else if (opcode === OPCODE.close) {
      this.#end('the server closed the WebSocket');
    }
  }

  readonly #reply = (text: string) => this.#send(OPCODE.text, Buffer.from(text));

  /** Frames of a client are masked; a key of zeros is a mask too. `payload` has at most 125 bytes. */
  #send(opcode: number, payload: Buffer): void {
    const header = Buffer.from([FINAL | opcode, MASKED | payload.length, 0, 0, 0, 0]);
    this.#socket?.write(Buffer.concat([header, payload]));
  }

  #greeted(): void {
    this.#settled?.resolve();
    this.#settled = undefined;
  }

  #end(reason: string): void {
    this.#isClosed = true;
    this.#settled?.reject(new Error(reason));
    this.#settled = undefined;
    this.#socket?.terminate();
  }
}

const handlers = {
  open: (socket: Socket<WebSocketClient>) => socket.data.opened(socket),
  data: (socket: Socket<WebSocketClient>, chunk: Buffer) => socket.data.received(chunk),
  close: (socket: Socket<WebSocketClient>) => socket.data.closed(),
  error: (socket: Socket<WebSocketClient>) => socket.data.closed(),
};
