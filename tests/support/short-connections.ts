import type { Socket } from 'bun';
import { handshake } from './feed-peers.ts';

/** How a connection goes that doesn't last. */
interface Course {
  readonly send: readonly string[];
  /** Waited for before it ends; undefined ends it right after sending. */
  readonly until?: RegExp;
  /** Sent when that has come. */
  readonly answer?: Uint8Array;
  /** `theirs` waits for the server to end it. */
  readonly end: 'fin' | 'reset' | 'theirs';
}

const get = (path: string, accept: string) => [`GET ${path} HTTP/1.1`, 'Host: 127.0.0.1', `Accept: ${accept}`];
const whole = (lines: readonly string[]) => `${lines.join('\r\n')}\r\n\r\n`;
const webSocket = (protocol?: string) => whole(handshake(protocol, '/stream', '127.0.0.1'));
const sse = whole(get('/stream', 'text/event-stream'));
const poll = (query: string) => whole(get(`/stream?${query}`, 'application/json'));
/** A close frame with 1000, masked by zeros. */
const CLOSE_FRAME = Buffer.from([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8]);
const UPGRADED = / 101 [\s\S]*\r\n\r\n/;
const GREETED = /"type":"hello"/;
const PAGE = /"upToDate":true\}/;

/** Every way in which clients come and go, by name. */
export const COURSES = {
  'WebSocket, closed': { send: [webSocket()], until: UPGRADED, answer: CLOSE_FRAME, end: 'theirs' },
  'WebSocket v1, closed': { send: [webSocket('millrace.v1')], until: GREETED, answer: CLOSE_FRAME, end: 'theirs' },
  'WebSocket v1, reset': { send: [webSocket('millrace.v1')], until: GREETED, end: 'reset' },
  'WebSocket, cut without a close': { send: [webSocket()], until: UPGRADED, end: 'fin' },
  'WebSocket, reset before the answer': { send: [webSocket('millrace.v1')], end: 'reset' },
  'half a handshake': { send: [webSocket().slice(0, 70)], end: 'reset' },
  'a refused handshake': { send: [webSocket().replace('Connection: Upgrade\r\n', '')], until: / 400 /, end: 'fin' },
  'SSE, closed': { send: [sse], until: GREETED, end: 'fin' },
  'SSE, reset': { send: [sse], until: GREETED, end: 'reset' },
  'SSE, reset before the answer': { send: [sse], end: 'reset' },
  'a page': { send: [poll('wait=0')], until: PAGE, end: 'fin' },
  // The server reads the second request with the first, so that it waits when the connection ends.
  'a long poll, cut': { send: [poll('wait=0'), poll('wait=30')], until: PAGE, end: 'reset' },
  'nothing sent': { send: [], end: 'fin' },
} as const satisfies Record<string, Course>;

export type CourseName = keyof typeof COURSES;

const LIMIT_MS = 60_000;

/** Connects, goes the course, and settles once the connection has ended on this side. */
export async function goCourse(port: number, name: CourseName): Promise<void> {
  const { send, until, answer, end }: Course = COURSES[name];
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let text = '';
  let hasCome = false;
  const timer = setTimeout(() => reject(new Error(`${name}: not ended in time, it had got ${text}`)), LIMIT_MS);
  const finish = (socket: Socket) => {
    if (end === 'theirs') return;
    // Ending it calls `close`, which is no surprise then.
    resolve();
    if (end === 'reset') socket.terminate();
    else socket.end();
  };
  const socket = await Bun.connect({
    hostname: '127.0.0.1',
    port,
    socket: {
      open(opened) {
        opened.write(send.join(''));
        if (until === undefined) finish(opened);
      },
      data(from, chunk) {
        if (hasCome) return;
        text += chunk.toString('latin1');
        if (!until?.test(text)) return;
        hasCome = true;
        if (answer) from.write(answer);
        finish(from);
      },
      close() {
        if (end === 'theirs' && hasCome) resolve();
        else reject(new Error(`${name}: the server ended it after ${text}`));
      },
      error(_failed, error) {
        reject(error);
      },
    },
  });
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    socket.end();
  }
}
