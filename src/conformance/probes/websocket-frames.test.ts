import { expect, test } from 'vitest';
import { closePayload, encodeFrame, FrameReader, OPCODE } from './websocket-frames.ts';

// RFC 6455, section 5.7.
test('frames are those of the examples of RFC 6455', () => {
  expect(encodeFrame({ opcode: OPCODE.text, payload: 'Hello' }).toString('hex')).toBe('818537fa213d7f9f4d5158');
  expect(encodeFrame({ opcode: OPCODE.text, payload: 'Hello', isMasked: false }).toString('hex')).toBe(
    '810548656c6c6f',
  );
  expect(encodeFrame({ opcode: OPCODE.text, payload: 'Hel', isMasked: false, isFinal: false }).toString('hex')).toBe(
    '010348656c',
  );
  const long = encodeFrame({ opcode: OPCODE.binary, payload: Buffer.alloc(256), isMasked: false });
  expect(long.subarray(0, 4).toString('hex')).toBe('827e0100');
  const longer = encodeFrame({ opcode: OPCODE.binary, payload: Buffer.alloc(65_536), isMasked: false });
  expect(longer.subarray(0, 10).toString('hex')).toBe('827f0000000000010000');
  expect(closePayload(1002, 'bad').toString('hex')).toBe('03ea626164');
});

test('a reader finds the frames wherever their bytes are cut', () => {
  const sent = [
    { opcode: OPCODE.text, isFinal: true, payload: Buffer.from('Hello') },
    { opcode: OPCODE.binary, isFinal: false, payload: Buffer.alloc(300, 7) },
    { opcode: OPCODE.continuation, isFinal: true, payload: Buffer.alloc(65_600, 9) },
    { opcode: OPCODE.ping, isFinal: true, payload: Buffer.alloc(0) },
  ];
  const bytes = Buffer.concat(sent.map((frame) => encodeFrame({ ...frame, isMasked: false })));
  for (const cut of [1, 2, 3, 5, 7, 8, 9, 10, 11, 12, 311, 315, 317, 318, bytes.length - 1]) {
    const reader = new FrameReader();
    expect([...reader.read(bytes.subarray(0, cut)), ...reader.read(bytes.subarray(cut))]).toEqual(sent);
  }
});
