import { createHash, randomBytes } from 'node:crypto';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { Inbox } from './inbox.ts';
import { encodeFrame, type Frame, FrameReader, OPCODE } from './websocket-frames.ts';

export interface RawWebSocketOptions {
  /** Of the endpoint, with `http:` or `https:`. */
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  /** Subprotocols to offer. Default: none. */
  readonly protocols?: readonly string[];
  /** Default: a random one, as RFC 6455 asks. */
  readonly key?: string;
  /** Default true. */
  readonly answersPings?: boolean;
  /** Default 10,000. */
  readonly withinMs?: number;
}

/** The end of a connection. The code is 1006 where no close frame came, 1005 where it had none. */
export interface Closing {
  readonly code: number;
  readonly reason: string;
}

const MAGIC = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** What `Sec-WebSocket-Accept` must say to a key (RFC 6455, section 4.2.2). */
export function acceptOf(key: string): string {
  return createHash('sha1').update(`${key}${MAGIC}`).digest('base64');
}

/**
 * A WebSocket made by hand over TCP, which sees what that of a browser hides: the answer to the handshake, pings, and
 * every frame; and which can send what no library would.
 */
export class RawWebSocket {
  readonly #socket: Socket;
  readonly #frames = new FrameReader();
  readonly #answersPings: boolean;
  #head = '';
  #beforeFrames: Buffer = Buffer.alloc(0);
  #fragments: Buffer[] = [];
  #closing: Closing | undefined;

  /** Text messages, whole. */
  readonly texts = new Inbox<string>();
  /** Payloads of pings. */
  readonly pings = new Inbox<Buffer>();
  readonly pongs = new Inbox<Buffer>();
  /** One, once the connection has ended. */
  readonly closings = new Inbox<Closing>();
  /** One, once the handshake is answered. */
  readonly #answers = new Inbox<true>();

  private constructor(socket: Socket, answersPings: boolean) {
    this.#socket = socket;
    this.#answersPings = answersPings;
    socket.on('data', (chunk) => this.#received(chunk));
    socket.on('error', () => {});
    socket.on('close', () => this.#ended());
  }

  /** Settles once the handshake is answered, also where it was refused: see `status`. */
  static async open(options: RawWebSocketOptions): Promise<RawWebSocket> {
    const { url, headers = {}, protocols = [], key = randomBytes(16).toString('base64') } = options;
    const lines = [
      `GET ${url.pathname}${url.search} HTTP/1.1`,
      `Host: ${url.host}`,
      'Upgrade: websocket',
      'Connection: Upgrade',
      `Sec-WebSocket-Key: ${key}`,
      'Sec-WebSocket-Version: 13',
      ...(protocols.length === 0 ? [] : [`Sec-WebSocket-Protocol: ${protocols.join(', ')}`]),
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ];
    return RawWebSocket.shakeHands(url, lines, options);
  }

  /** Like `open`, with a request exactly as given. */
  static async shakeHands(
    url: URL,
    lines: readonly string[],
    { answersPings = true, withinMs = 10_000 }: Pick<RawWebSocketOptions, 'answersPings' | 'withinMs'> = {},
  ): Promise<RawWebSocket> {
    const websocket = new RawWebSocket(connectTo(url), answersPings);
    websocket.write(Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'));
    try {
      await websocket.#answers.until('answer to the handshake', withinMs, ([answer]) => answer);
    } catch (error) {
      websocket.destroy();
      throw error;
    }
    return websocket;
  }

  /** Status of the answer to the handshake: 101 when it is open. */
  get status(): number {
    return Number(this.#head.split(' ')[1]);
  }

  /** A header of the answer to the handshake. */
  header(name: string): string | undefined {
    const line = this.#head.split('\r\n').find((one) => one.toLowerCase().startsWith(`${name.toLowerCase()}:`));
    return line?.slice(name.length + 1).trim();
  }

  sendText(text: string): void {
    this.write(encodeFrame({ opcode: OPCODE.text, payload: text }));
  }

  /** Bytes as they are. */
  write(bytes: Uint8Array): void {
    if (!this.#socket.destroyed) this.#socket.write(bytes);
  }

  /** Ends the sending side of the connection and goes on receiving. */
  halfClose(): void {
    this.#socket.end();
  }

  /** Stops reading from the socket, so that the server's buffer fills up. */
  pause(): void {
    this.#socket.pause();
  }

  /** How the connection ended; waits for it. */
  closing(withinMs: number): Promise<Closing> {
    return this.closings.until('end of the connection', withinMs, ([closing]) => closing);
  }

  /** Cuts the connection without a word. */
  destroy(): void {
    this.#socket.destroy();
  }

  #received(chunk: Buffer): void {
    if (this.#head !== '') {
      for (const frame of this.#frames.read(chunk)) this.#take(frame);
      return;
    }
    this.#beforeFrames = Buffer.concat([this.#beforeFrames, chunk]);
    const end = this.#beforeFrames.indexOf('\r\n\r\n');
    if (end < 0) return;
    this.#head = this.#beforeFrames.subarray(0, end).toString('latin1');
    const rest = this.#beforeFrames.subarray(end + 4);
    this.#beforeFrames = Buffer.alloc(0);
    this.#answers.push(true);
    if (this.status === 101) this.#received(rest);
  }

  #take({ isFinal, opcode, payload }: Frame): void {
    switch (opcode) {
      case OPCODE.ping:
        this.pings.push(payload);
        if (this.#answersPings) this.write(encodeFrame({ opcode: OPCODE.pong, payload }));
        return;
      case OPCODE.pong:
        this.pongs.push(payload);
        return;
      case OPCODE.close:
        this.#closing ??= {
          code: payload.length < 2 ? 1005 : payload.readUInt16BE(0),
          reason: payload.subarray(2).toString('utf8'),
        };
        this.write(encodeFrame({ opcode: OPCODE.close, payload: payload.subarray(0, 2) }));
        this.#socket.end();
        return;
      default:
        this.#fragments.push(payload);
        if (!isFinal) return;
        this.texts.push(Buffer.concat(this.#fragments).toString('utf8'));
        this.#fragments = [];
    }
  }

  #ended(): void {
    const closing = this.#closing ?? { code: 1006, reason: '' };
    const why = `the connection ended with ${closing.code} ${closing.reason}`.trim();
    this.closings.push(closing);
    this.texts.end(why);
    this.pings.end(why);
    this.pongs.end(why);
    this.#answers.end('the connection ended before');
  }
}

function connectTo(url: URL): Socket {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (url.protocol === 'https:') return connectTls({ host, port: Number(url.port || 443), servername: host });
  return connectTcp({ host, port: Number(url.port || 80) });
}
