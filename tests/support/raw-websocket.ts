import { connect } from 'node:net';
import { handshake } from './feed-peers.ts';

export interface RawWebSocketOptions {
  readonly port: number;
  readonly path: string;
  /** Default: none is shown. */
  readonly token?: string;
  /** Default false: the peer reads, and says nothing. */
  readonly answersPings?: boolean;
}

export interface RawWebSocket extends Disposable {
  /** Of the answer to the handshake. */
  readonly status: number;
  readonly head: string;
  /** Of a close frame; undefined while there was none. */
  closeCode(): number | undefined;
  /** How many pings have come. */
  pings(): number;
  /** The text messages. */
  texts(): readonly string[];
  /** Whether the server has ended the TCP connection. */
  isEnded(): boolean;
}

interface Frame {
  readonly opcode: number;
  readonly payload: Buffer;
}

const TEXT = 1;
const CLOSE = 8;
const PING = 9;
/** A pong without content, masked by zeros. */
const PONG = Buffer.from([0x8a, 0x80, 0, 0, 0, 0]);

/** A handshake over TCP, which sees what a WebSocket of a browser doesn't: status and headers of a refusal, and pings. */
export function openRawWebSocket(options: RawWebSocketOptions): Promise<RawWebSocket> {
  const { port, path, token, answersPings = false } = options;
  const socket = connect(port, '127.0.0.1');
  let received = Buffer.alloc(0);
  let answered = 0;
  let hasEnded = false;
  const frames = () => framesIn(received.subarray(received.indexOf('\r\n\r\n') + 4));
  const pings = () => frames().filter(({ opcode }) => opcode === PING).length;
  socket.on('error', () => {});
  const lines = handshake('millrace.v1', path, `127.0.0.1:${port}`);
  if (token !== undefined) lines.push(`Authorization: Bearer ${token}`);
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  return new Promise((resolve, reject) => {
    socket.on('end', () => {
      hasEnded = true;
    });
    socket.on('close', () => {
      hasEnded = true;
      reject(new Error('the connection ended before the handshake was answered'));
    });
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      const end = received.indexOf('\r\n\r\n');
      if (end < 0) return;
      for (; answersPings && answered < pings(); answered += 1) socket.write(PONG);
      const head = received.subarray(0, end).toString('latin1');
      resolve({
        status: Number(head.split(' ')[1]),
        head,
        pings,
        closeCode: () =>
          frames()
            .find(({ opcode }) => opcode === CLOSE)
            ?.payload.readUInt16BE(0),
        texts: () => frames().flatMap(({ opcode, payload }) => (opcode === TEXT ? [payload.toString('utf8')] : [])),
        isEnded: () => hasEnded,
        [Symbol.dispose]: () => socket.destroy(),
      });
    });
  });
}

/** The server's frames are unmasked and, here, shorter than 64 KiB. */
function framesIn(bytes: Buffer): Frame[] {
  const frames: Frame[] = [];
  for (let offset = 0; offset + 2 <= bytes.length; ) {
    const short = bytes[offset + 1] ?? 0;
    const start = offset + (short === 126 ? 4 : 2);
    if (bytes.length < start) break;
    const length = short === 126 ? bytes.readUInt16BE(offset + 2) : short;
    if (bytes.length < start + length) break;
    frames.push({ opcode: (bytes[offset] ?? 0) & 0x0f, payload: bytes.subarray(start, start + length) });
    offset = start + length;
  }
  return frames;
}
