import { EventEmitter } from 'node:events';
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls, TLSSocket } from 'node:tls';
import type { Clock } from '../../../../engine/clock.ts';
import { LineSplitter } from './line-splitter.ts';
import { PacedWriter } from './paced-writer.ts';

/** Tags may have 8,191 bytes and the rest of a line 512 (IRCv3 message-tags). */
const MAX_LINE_BYTES = 16_384;

export interface IrcSocketOptions {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  /** Certificates in PEM that are trusted instead of the system's. */
  readonly ca?: string;
  readonly clock: Clock;
  /** Called for every line that comes. */
  readonly onLine: () => void;
}

/**
 * A transport of irc-framework: it makes one of the class it is given, with the client's options, and listens for
 * `open`, `line` and `close`. The one it brings knows no own certificates, no pace, and no longest line.
 */
export class IrcSocket extends EventEmitter {
  readonly #options: IrcSocketOptions;
  readonly #splitter = new LineSplitter(MAX_LINE_BYTES);
  readonly #writer: PacedWriter;
  #socket: Socket | undefined;
  #error: Error | undefined;

  constructor(options: IrcSocketOptions) {
    super();
    this.#options = options;
    this.#writer = new PacedWriter(options.clock, (line) => this.#socket?.write(`${line}\r\n`));
  }

  connect(): void {
    const { tls } = this.#options;
    const socket = tls ? this.#connectTls() : connect({ host: this.#options.host, port: this.#options.port });
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on(tls ? 'secureConnect' : 'connect', () => this.#opened(socket));
    socket.on('data', (bytes: Buffer) => this.#received(bytes));
    socket.on('error', (error) => {
      this.#error ??= error;
    });
    socket.on('close', () => this.#closed());
  }

  writeLine(line: string, written?: () => void): void {
    if (!this.#writer.write(line)) this.#fail(new Error('too many lines wait to be sent'));
    if (written) setImmediate(written);
  }

  close(isForced: boolean): void {
    if (isForced) this.#socket?.destroy();
    else this.#socket?.end();
  }

  disposeSocket(): void {
    this.#writer[Symbol.dispose]();
    this.#socket?.destroy();
  }

  /** UTF-8 is all there is. */
  setEncoding(encoding: string): boolean {
    return encoding === 'utf8';
  }

  #connectTls(): TLSSocket {
    const { host, port, ca } = this.#options;
    const servername = isIP(host) === 0 ? { servername: host } : {};
    return connectTls({ host, port, rejectUnauthorized: true, ...servername, ...(ca === undefined ? {} : { ca }) });
  }

  #opened(socket: Socket): void {
    // Checked here as well: what must not happen is that a password goes to a server that isn't the one named.
    if (socket instanceof TLSSocket && !socket.authorized) {
      return this.#fail(new Error(`the certificate is refused: ${socket.authorizationError}`));
    }
    this.emit('open');
  }

  #received(bytes: Buffer): void {
    const lines = this.#splitter.push(bytes);
    if (lines === undefined) return this.#fail(new Error(`the server sent a line of over ${MAX_LINE_BYTES} bytes`));
    for (const line of lines) {
      this.#options.onLine();
      this.emit('line', line);
    }
  }

  #fail(error: Error): void {
    this.#error ??= error;
    this.#socket?.destroy();
  }

  #closed(): void {
    this.#writer[Symbol.dispose]();
    this.emit('close', this.#error ?? false);
  }
}
