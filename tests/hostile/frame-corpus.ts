import { closePayload, encodeFrame, type FrameOptions, OPCODE } from '../../src/conformance/probes/websocket-frames.ts';

export interface FrameCase {
  /** Of RFC 6455. */
  readonly section: string;
  readonly name: string;
  readonly bytes: Uint8Array;
  /** The code that the server closes with; `open` where the connection goes on. */
  readonly answer: number | 'open';
}

const LIMIT = 64 * 1024;
const frame = (options: FrameOptions) => encodeFrame(options);
const text = (options: Omit<FrameOptions, 'opcode'> = {}) => frame({ opcode: OPCODE.text, ...options });
const more = (options: Omit<FrameOptions, 'opcode'> = {}) => frame({ opcode: OPCODE.continuation, ...options });
const first = (payload: Uint8Array | string = '') => text({ isFinal: false, payload });
const close = (payload: Uint8Array | string = '') => frame({ opcode: OPCODE.close, payload });
const bytes = (...values: number[]) => Buffer.from(values);
const letters = (count: number) => Buffer.alloc(count, 'a');
const repeat = (count: number, one: Buffer) => Buffer.concat(Array.from({ length: count }, () => one));

const section = (name: string, cases: readonly (readonly [string, Uint8Array, number | 'open'])[]): FrameCase[] =>
  cases.map(([title, sent, answer]) => ({ section: name, name: title, bytes: sent, answer }));

const RESERVED_OPCODES = [3, 4, 5, 6, 7, 11, 12, 13, 14, 15];
const GOOD_CODES = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999];
const BAD_CODES = [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535];

/** What a client may not send, and what it may although it looks strange, by section of RFC 6455. */
export const FRAME_CASES: readonly FrameCase[] = [
  ...section('5.1 masking', [
    ['a text that is not masked', text({ payload: '{}', isMasked: false }), 1002],
    ['a ping that is not masked', frame({ opcode: OPCODE.ping, isMasked: false }), 1002],
    ['a close that is not masked', frame({ opcode: OPCODE.close, payload: closePayload(1000), isMasked: false }), 1002],
    ['a masked one, then one that is not', Buffer.concat([text({ payload: '{}' }), text({ isMasked: false })]), 1002],
    ['an HTTP request', Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'), 1002],
    ['zeros', Buffer.alloc(4_096), 1002],
  ]),
  ...section('5.2 reserved bits', [
    ...[1, 2, 3, 4, 5, 6, 7].map((reserved) => [`${reserved}`, text({ reserved, payload: '{}' }), 1002] as const),
    ['on a ping', frame({ opcode: OPCODE.ping, reserved: 4 }), 1002],
    ['on a continuation', Buffer.concat([first('{'), more({ reserved: 4, payload: '}' })]), 1002],
    ['all ones', Buffer.alloc(4_096, 0xff), 1002],
  ]),
  ...section(
    '5.2 opcodes',
    RESERVED_OPCODES.map((opcode) => [`${opcode}`, frame({ opcode, payload: '{}' }), 1002]),
  ),
  ...section('5.2 lengths', [
    // Bun reads a length that could be shorter; what counts is the length itself.
    ['two bytes for 2', text({ payload: '{}', lengthForm: 16 }), 'open'],
    ['eight bytes for 2', text({ payload: '{}', lengthForm: 64 }), 'open'],
    ['eight bytes for 300', text({ payload: letters(300), lengthForm: 64 }), 'open'],
    ['the highest bit set', text({ lengthForm: 64, declaredLength: 0x8000_0000_0000_0001n }), 1009],
    ['the largest', text({ lengthForm: 64, declaredLength: 0xffff_ffff_ffff_ffffn }), 1009],
    ['2^40', text({ lengthForm: 64, declaredLength: 1n << 40n }), 1009],
    [
      '2^32 + 5, which is 5 in 32 bits',
      text({ lengthForm: 64, declaredLength: (1n << 32n) + 5n, payload: 'hello' }),
      1009,
    ],
    ['64 KiB', text({ payload: letters(LIMIT) }), 'open'],
    ['64 KiB and a byte', text({ payload: letters(LIMIT + 1) }), 1009],
    ['64 KiB and a byte, binary', frame({ opcode: OPCODE.binary, payload: letters(LIMIT + 1) }), 1009],
  ]),
  ...section('5.4 fragmentation', [
    ['a continuation of nothing', more({ payload: '{}' }), 1002],
    ['a continuation of nothing that goes on', more({ isFinal: false }), 1002],
    ['a text inside a text', Buffer.concat([first('{'), text({ payload: '}' })]), 1002],
    ['a binary inside a text', Buffer.concat([first('{'), frame({ opcode: OPCODE.binary })]), 1002],
    ['a continuation after the end', Buffer.concat([first('{'), more({ payload: '}' }), more({ payload: '}' })]), 1002],
    ['two halves above 64 KiB', Buffer.concat([first(letters(40_000)), more({ payload: letters(40_000) })]), 1009],
    [
      '70,000 bytes, one by one',
      Buffer.concat([first(), repeat(70_000, more({ isFinal: false, payload: 'a' }))]),
      1009,
    ],
    [
      '50,000 empty ones',
      Buffer.concat([first(), repeat(50_000, more({ isFinal: false })), more({ payload: '{}' })]),
      'open',
    ],
    [
      'a ping between two halves',
      Buffer.concat([first('{"type":'), frame({ opcode: OPCODE.ping }), more({ payload: '"ping"}' })]),
      'open',
    ],
  ]),
  ...section('5.5 control frames', [
    ['a ping of 125 bytes', frame({ opcode: OPCODE.ping, payload: letters(125) }), 'open'],
    ['a ping of 126 bytes', frame({ opcode: OPCODE.ping, payload: letters(126) }), 1002],
    ['a pong of 126 bytes', frame({ opcode: OPCODE.pong, payload: letters(126) }), 1002],
    ['a close of 126 bytes', close(closePayload(1000, letters(124))), 1002],
    ['a ping in fragments', frame({ opcode: OPCODE.ping, isFinal: false }), 1002],
    ['a close in fragments', frame({ opcode: OPCODE.close, isFinal: false, payload: closePayload(1000) }), 1002],
    ['a pong that nobody asked for', frame({ opcode: OPCODE.pong, payload: 'x' }), 'open'],
    ['300 pings at once', repeat(300, frame({ opcode: OPCODE.ping })), 1008],
    ['300 pongs at once', repeat(300, frame({ opcode: OPCODE.pong })), 1008],
    ['300 messages at once', repeat(300, text({ payload: '{}' })), 1008],
  ]),
  ...section('5.5.1 close', [
    ['nothing in it', close(), 1005],
    ['one byte in it', close(letters(1)), 1002],
    ['a reason that is not UTF-8', close(closePayload(1000, bytes(0xff, 0xfe))), 1007],
    ['a message after it', Buffer.concat([close(closePayload(1000)), text({ payload: '{"type":"ping"}' })]), 1000],
  ]),
  ...section('7.4 close codes', [
    ...GOOD_CODES.map((code) => [`${code}`, close(closePayload(code, 'goodbye')), code] as const),
    ...BAD_CODES.map((code) => [`${code}`, close(closePayload(code)), 1002] as const),
  ]),
  ...section('8.1 UTF-8', [
    ['a byte that never occurs', text({ payload: bytes(0x22, 0xff, 0x22) }), 1007],
    ['an overlong slash', text({ payload: bytes(0xc0, 0xaf) }), 1007],
    ['an overlong NUL', text({ payload: bytes(0xe0, 0x80, 0x80) }), 1007],
    ['half of a surrogate pair', text({ payload: bytes(0xed, 0xa0, 0x80) }), 1007],
    ['beyond U+10FFFF', text({ payload: bytes(0xf4, 0x90, 0x80, 0x80) }), 1007],
    ['five bytes', text({ payload: bytes(0xf8, 0x88, 0x80, 0x80, 0x80) }), 1007],
    ['a character that is cut off', text({ payload: bytes(0xe2, 0x82) }), 1007],
    ['a lone continuation', text({ payload: bytes(0x80) }), 1007],
    ['wrong over two frames', Buffer.concat([first(bytes(0xe2)), more({ payload: bytes(0x28, 0xa1) })]), 1007],
    ['a character over two frames', Buffer.concat([first(bytes(0xe2)), more({ payload: bytes(0x82, 0xac) })]), 'open'],
    ['a byte order mark', text({ payload: bytes(0xef, 0xbb, 0xbf) }), 'open'],
    ['U+FFFF and NUL', text({ payload: bytes(0xef, 0xbf, 0xbf, 0x00) }), 'open'],
    ['a binary one is none', frame({ opcode: OPCODE.binary, payload: bytes(0xff) }), 'open'],
  ]),
];

export interface HandshakeCase {
  readonly name: string;
  /** Changes a good request: its first line and its headers. */
  readonly change: (lines: readonly string[]) => readonly string[];
  /** Status of the answer. */
  readonly status: number;
}

const without = (name: string) => (lines: readonly string[]) => lines.filter((line) => !line.startsWith(`${name}:`));
const instead = (name: string, value: string) => (lines: readonly string[]) =>
  lines.map((line) => (line.startsWith(`${name}:`) ? `${name}: ${value}` : line));
const asking = (request: string) => (lines: readonly string[]) => [request, ...lines.slice(1)];
const and = (line: string) => (lines: readonly string[]) => [...lines, line];

/** Section 4.2.1 of RFC 6455. */
export const HANDSHAKE_CASES: readonly HandshakeCase[] = [
  { name: 'as it should be', change: (lines) => lines, status: 101 },
  { name: 'other cases of letters', change: instead('Upgrade', 'WebSocket'), status: 101 },
  { name: 'more options beside Upgrade', change: instead('Connection', 'keep-alive, Upgrade'), status: 101 },
  { name: 'no key', change: without('Sec-WebSocket-Key'), status: 400 },
  { name: 'an empty key', change: instead('Sec-WebSocket-Key', ''), status: 400 },
  { name: 'a short key', change: instead('Sec-WebSocket-Key', 'YWJj'), status: 400 },
  { name: 'a long key', change: instead('Sec-WebSocket-Key', 'A'.repeat(400)), status: 400 },
  { name: 'a key that is not base64', change: instead('Sec-WebSocket-Key', '!!!!!!!!!!!!!!!!!!!!!!=='), status: 400 },
  { name: 'two keys', change: and('Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=='), status: 400 },
  { name: 'version 12', change: instead('Sec-WebSocket-Version', '12'), status: 426 },
  { name: 'no version', change: without('Sec-WebSocket-Version'), status: 426 },
  { name: 'no Connection', change: without('Connection'), status: 400 },
  { name: 'Connection: close', change: instead('Connection', 'close'), status: 400 },
  { name: 'a body', change: and('Content-Length: 5'), status: 400 },
  { name: 'a body in chunks', change: and('Transfer-Encoding: chunked'), status: 400 },
  { name: 'no Host', change: without('Host'), status: 400 },
  { name: 'two Hosts', change: and('Host: elsewhere.test'), status: 400 },
  { name: 'POST', change: asking('POST /stream HTTP/1.1'), status: 405 },
  { name: 'PUT', change: asking('PUT /stream HTTP/1.1'), status: 405 },
  { name: 'HEAD', change: asking('HEAD /stream HTTP/1.1'), status: 405 },
  { name: 'nothing there', change: asking('GET /nothing HTTP/1.1'), status: 404 },
  { name: 'a path that is no feed', change: asking('GET /events HTTP/1.1'), status: 404 },
  { name: 'a foreign page', change: and('Origin: https://elsewhere.test'), status: 403 },
  { name: 'a cursor that is none', change: asking('GET /stream?cursor=%00 HTTP/1.1'), status: 400 },
  {
    name: 'an offer of compression, which is not taken up',
    change: and('Sec-WebSocket-Extensions: permessage-deflate'),
    status: 101,
  },
  { name: 'subprotocols that are none', change: and('Sec-WebSocket-Protocol: a b, , ;;;'), status: 101 },
];
