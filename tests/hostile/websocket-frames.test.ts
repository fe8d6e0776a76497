import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RawWebSocket } from '../../src/conformance/probes/raw-websocket.ts';
import { encodeFrame, OPCODE } from '../../src/conformance/probes/websocket-frames.ts';
import { showFigures } from '../support/figures.ts';
import { FRAME_CASES, type FrameCase, HANDSHAKE_CASES } from './frame-corpus.ts';
import { type HostileSystem, hostileSystem } from './hostile-system.ts';

// Promise P15: what a client sends costs nobody but itself.

/** How often the corpus is sent to see that memory stays as it is. */
const ROUNDS = Number(process.env.MILLRACE_TEST_ROUNDS ?? 6);
const MARK = 'are you there';

let system: HostileSystem;
let passed = 0;

beforeAll(async () => {
  system = await hostileSystem({ MILLRACE_WS_PING_MS: '2000', MILLRACE_WS_PONG_TIMEOUT_MS: '1000' });
});

afterAll(async () => {
  const figures = { frames: FRAME_CASES.length, handshakes: HANDSHAKE_CASES.length, passed };
  showFigures({ promise: 'P15', about: 'frames', figures: { ...figures, slowestHealthyMs: system.slowestMs() } });
  await system[Symbol.asyncDispose]();
});

/** What the server does once it has read all of it. */
async function answerTo({ bytes, answer }: FrameCase): Promise<number | 'open'> {
  const socket = await RawWebSocket.open({ url: system.url });
  try {
    socket.write(bytes);
    if (answer !== 'open') return (await socket.closing(10_000)).code;
    socket.write(encodeFrame({ opcode: OPCODE.ping, payload: MARK }));
    await socket.pongs.until('pong', 10_000, (pongs) => pongs.some((pong) => pong.toString() === MARK));
    return 'open';
  } finally {
    socket.destroy();
  }
}

describe('frames by section of RFC 6455', () => {
  test.each(FRAME_CASES)('$section: $name is answered $answer', async (frameCase) => {
    expect(await answerTo(frameCase)).toBe(frameCase.answer);
    await system.expectHealthy();
    passed += 1;
  });
});

describe('handshakes (RFC 6455, section 4.2.1)', () => {
  const good = [
    'GET /stream HTTP/1.1',
    'Host: 127.0.0.1',
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version: 13',
  ];

  test.each(HANDSHAKE_CASES)('$name is answered $status', async ({ change, status }) => {
    const socket = await RawWebSocket.shakeHands(system.url, change(good));
    expect(socket.status).toBe(status);
    if (status === 426) expect(socket.header('sec-websocket-version')).toBe('13');
    expect(socket.header('sec-websocket-extensions')).toBeUndefined();
    socket.destroy();
    await system.expectHealthy();
    passed += 1;
  });
});

describe('a peer that goes away', () => {
  test.each([
    ['after the handshake', Buffer.alloc(0)],
    ['inside a header', encodeFrame({ opcode: OPCODE.text, payload: 'x'.repeat(300) }).subarray(0, 3)],
    ['inside a message', encodeFrame({ opcode: OPCODE.text, payload: 'x'.repeat(300) }).subarray(0, 100)],
  ])('with half of the connection, %s, is let go', async (_, bytes) => {
    const socket = await RawWebSocket.open({ url: system.url });
    socket.write(bytes);
    socket.halfClose();
    expect((await socket.closing(10_000)).code).toBe(1006);
    await system.expectHealthy();
  });

  test.each([
    ['inside a header', encodeFrame({ opcode: OPCODE.text, payload: 'x'.repeat(300) }).subarray(0, 3)],
    ['inside a message', encodeFrame({ opcode: OPCODE.text, payload: 'x'.repeat(300) }).subarray(0, 100)],
  ])('without a word, %s, is closed with 4007', async (_, bytes) => {
    const socket = await RawWebSocket.open({ url: system.url, answersPings: false });
    socket.write(bytes);
    expect((await socket.closing(20_000)).code).toBe(4007);
  });

  test('in the handshake is let go', async () => {
    const socket = connect(system.port, '127.0.0.1');
    socket.write('GET /stream HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: webso');
    socket.end();
    socket.resume();
    await once(socket, 'close');
    await system.expectHealthy();
  });
});

test('memory stays as it is while the corpus is sent again and again', async () => {
  const send = async () => {
    for (const frameCase of FRAME_CASES) expect(await answerTo(frameCase)).toBe(frameCase.answer);
  };
  // Messages that are never finished are held; as many as are open, and no more.
  const unfinished = await Promise.all(Array.from({ length: 100 }, () => RawWebSocket.open({ url: system.url })));
  const half = encodeFrame({ opcode: OPCODE.text, isFinal: false, payload: Buffer.alloc(60_000, 'a') });
  for (const socket of unfinished) socket.write(half);
  await send();
  const before = system.residentBytes();
  for (let round = 0; round < ROUNDS; round += 1) await send();
  const grownBytes = system.residentBytes() - before;
  for (const socket of unfinished) socket.destroy();
  await system.expectHealthy();
  const figures = {
    rounds: ROUNDS,
    beforeMiB: Math.round(before / 2 ** 20),
    grownMiB: Math.round(grownBytes / 2 ** 20),
  };
  showFigures({ promise: 'P15', about: 'memory', figures });
  expect(grownBytes).toBeLessThan(64 * 2 ** 20);
});
