import { gzipSync } from 'node:zlib';

export interface RequestCase {
  readonly group: string;
  readonly name: string;
  /** Exactly what is written. */
  readonly bytes: Uint8Array;
  /** Status of the answer; `closed` where the connection is ended without one. */
  readonly status: number | 'closed';
}

const EVENT = '{"timestamp":"2026-01-01T00:00:00Z","source_app":"hostile","event_type":"Stop"}';
const LENGTH = Buffer.byteLength(EVENT);
const CHUNKED = 'Transfer-Encoding: chunked';
const asChunk = (text: string) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n0\r\n\r\n`;

/** A POST of JSON with these further header lines. */
function post(headers: readonly string[], body: Uint8Array | string, path = '/events'): Buffer {
  const lines = [`POST ${path} HTTP/1.1`, 'Host: 127.0.0.1', 'Content-Type: application/json', ...headers];
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), Buffer.from(body)]);
}

function get(path: string, headers: readonly string[] = []): Buffer {
  const lines = [`GET ${path} HTTP/1.1`, 'Host: 127.0.0.1', 'Accept: application/json', ...headers];
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
}

const group = (name: string, cases: readonly (readonly [string, Uint8Array, number | 'closed'])[]): RequestCase[] =>
  cases.map(([title, bytes, status]) => ({ group: name, name: title, bytes, status }));

const lines = (...text: readonly string[]) => Buffer.from(text.join('\r\n'), 'latin1');
const zipped = gzipSync(EVENT);
const bomb = gzipSync(Buffer.alloc(16 * 1024 * 1024, ' '));
const headers = (count: number) => Array.from({ length: count }, (_, number) => `X-${number}: a`);

/** Requests that are written byte by byte, because no client would send them. */
export const REQUEST_CASES: readonly RequestCase[] = [
  ...group('lengths', [
    ['as it should be', post([`Content-Length: ${LENGTH}`], EVENT), 201],
    ['in chunks', post([CHUNKED], asChunk(EVENT)), 201],
    ['two that differ', post([`Content-Length: ${LENGTH}`, `Content-Length: ${LENGTH + 1}`], `${EVENT}x`), 400],
    ['two that are equal', post([`Content-Length: ${LENGTH}`, `Content-Length: ${LENGTH}`], EVENT), 201],
    ['a list', post([`Content-Length: ${LENGTH}, ${LENGTH}`], EVENT), 400],
    ['a length and chunks', post([`Content-Length: ${LENGTH}`, CHUNKED], asChunk(EVENT)), 400],
    ['chunks and a length', post([CHUNKED, 'Content-Length: 4'], asChunk(EVENT)), 400],
    ['chunks that are not last', post(['Transfer-Encoding: chunked, identity'], asChunk(EVENT)), 400],
    ['chunks of something else', post(['Transfer-Encoding: gzip, chunked'], asChunk(EVENT)), 400],
    ['chunks of another name', post(['Transfer-Encoding: xchunked'], asChunk(EVENT)), 400],
    ['a chunk without a size', post([CHUNKED], `zz\r\n${EVENT}\r\n0\r\n\r\n`), 400],
    ['a chunk of 2^64 - 1', post([CHUNKED], `ffffffffffffffff\r\n${EVENT}`), 400],
    ['a chunk above the limit', post([CHUNKED], asChunk(' '.repeat(1_100_000))), 413],
    ['negative', post(['Content-Length: -1'], EVENT), 400],
    ['with a sign', post([`Content-Length: +${LENGTH}`], EVENT), 400],
    ['hexadecimal', post(['Content-Length: 0x10'], EVENT), 400],
    ['20 digits', post(['Content-Length: 99999999999999999999'], EVENT), 400],
    ['a gigabyte', post(['Content-Length: 999999999'], EVENT), 413],
    ['above the limit', post(['Content-Length: 1048577'], ' '.repeat(1_048_577)), 413],
  ]),
  ...group('compressed bodies', [
    ['gzip', post(['Content-Encoding: gzip', `Content-Length: ${zipped.length}`], zipped), 415],
    ['16 MiB in 16 KiB', post(['Content-Encoding: gzip', `Content-Length: ${bomb.length}`], bomb), 415],
    ['by another name', post(['Content-Encoding: br', `Content-Length: ${LENGTH}`], EVENT), 415],
    ["gzip that isn't said", post([`Content-Length: ${zipped.length}`], zipped), 400],
    ...['/api/messages', '/reconciliation/reports', '/audit/client-error'].map(
      (path) =>
        [path, post(['Content-Encoding: gzip', `Content-Length: ${zipped.length}`], zipped, path), 415] as const,
    ),
  ]),
  ...group('headers', [
    ['150', get('/healthz', headers(150)), 200],
    ['5,000', get('/healthz', headers(5_000)), 431],
    ['one of 100 KB', get('/healthz', [`X: ${'a'.repeat(100_000)}`]), 431],
    ['one of 3 MB without an end', get('/healthz', [`X: ${'a'.repeat(3_000_000)}`]).subarray(0, -4), 431],
    ['folded', get('/healthz', ['X: a', ' b']), 400],
    ['a space before the colon', post([`Content-Length : ${LENGTH}`], EVENT), 400],
    ['NUL', get('/healthz', ['X: a\0b']), 400],
    ['CR', get('/healthz', ['X: a\rb']), 400],
    ['no colon', get('/healthz', ['nonsense']), 400],
    ['two Hosts', get('/healthz', ['Host: elsewhere.test']), 400],
    ['no Host', lines('GET /healthz HTTP/1.1', '', ''), 400],
    ['a foreign Host', lines('GET /healthz HTTP/1.1', 'Host: elsewhere.test', '', ''), 421],
  ]),
  ...group('request lines', [
    ['nonsense', lines('NONSENSE', '', ''), 400],
    ['a space in the method', lines('GE T /healthz HTTP/1.1', 'Host: 127.0.0.1', '', ''), 400],
    ['bare LF', Buffer.from('GET /healthz HTTP/1.1\nHost: 127.0.0.1\n\n'), 505],
    ['no version', lines('GET /healthz', '', ''), 505],
    ['HTTP/3.0', lines('GET /healthz HTTP/3.0', 'Host: 127.0.0.1', '', ''), 505],
    ['HTTP/2 by prior knowledge', lines('PRI * HTTP/2.0', '', 'SM', '', ''), 400],
    ['HTTP/1.0 without a Host', lines('GET /healthz HTTP/1.0', '', ''), 400],
    ['TLS', Buffer.from('16030100a5010000a10303', 'hex'), 400],
    ['a control character in the path', lines('GET /a\x01b HTTP/1.1', 'Host: 127.0.0.1', '', ''), 505],
    ['100 KB', get(`/${'a'.repeat(100_000)}`), 431],
    ['TRACE', lines('TRACE / HTTP/1.1', 'Host: 127.0.0.1', '', ''), 404],
    ['CONNECT', lines('CONNECT 127.0.0.1:22 HTTP/1.1', 'Host: 127.0.0.1', '', ''), 400],
    ['CONNECT to a name', lines('CONNECT localhost:22 HTTP/1.1', 'Host: 127.0.0.1', '', ''), 421],
    ['OPTIONS *', lines('OPTIONS * HTTP/1.1', 'Host: 127.0.0.1', '', ''), 400],
    ['a method that nobody knows', lines('BREW /healthz HTTP/1.1', 'Host: 127.0.0.1', '', ''), 'closed'],
  ]),
  ...group('percent-encoding', [
    ...['%zz', '%', '%f', '%00', '%ff', '%c0%ae', '%ed%a0%80'].map(
      (text) => [`a user ${text}`, get(`/api/users/${text}`), 404] as const,
    ),
    ...['%zz', '%ff', '%'].map((text) => [`a search for ${text}`, get(`/events/recent?q=${text}`), 200] as const),
    ...['%zz', '%00', '%ff'].map((text) => [`a cursor ${text}`, get(`/stream?cursor=${text}`), 400] as const),
    ['a way out of the root', get('/%2e%2e/%2e%2e/etc/passwd'), 404],
    ['a way out of the files', get('/assets/..%2f..%2f..%2fpackage.json'), 404],
    ['backslashes', get('/\\..\\..\\etc\\passwd'), 404],
    ['another host in the path', get('//elsewhere.test/healthz'), 404],
  ]),
];

export interface JsonCase {
  readonly name: string;
  readonly path: string;
  readonly text: string;
  readonly status: number;
}

const members = (text: string) => `${EVENT.slice(0, -1)},${text}}`;
const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
const counts = (text: string) => `{"service":"hostile","side":"actual","counts":{${text}}}`;
const MESSAGE = '{"channel":"c","user":"u","text":"t"';
/** Where JSON is taken in, with a body that would be good. */
const DOORS = [
  ['/events', EVENT],
  ['/api/messages', `${MESSAGE}}`],
  ['/reconciliation/reports', counts('"n":1')],
] as const;
/** Few: an address may send only so many. */
const CLIENT_ERROR = { path: '/audit/client-error', status: 400 };

/** Bodies that are JSON, or nearly. */
export const JSON_CASES: readonly JsonCase[] = [
  ...DOORS.flatMap(([path, good]) => [
    { name: 'nested 65 deep', path, text: `${good.slice(0, -1)},"more":${nested(65)}}`, status: 400 },
    { name: 'nested 10,000 deep', path, text: `${good.slice(0, -1)},"more":${nested(10_000)}}`, status: 400 },
    { name: '100,000 brackets', path, text: '['.repeat(60_000), status: 400 },
    ...['__proto__', 'constructor', 'prototype'].flatMap((key) => [
      { name: `the key ${key}`, path, text: `${good.slice(0, -1)},"${key}":{"isAdmin":true}}`, status: 400 },
      { name: `the key ${key} further in`, path, text: `${good.slice(0, -1)},"x":[{"${key}":1}]}`, status: 400 },
    ]),
    { name: 'a key that is escaped', path, text: `${good.slice(0, -1)},"\\u005f_proto__":1}`, status: 400 },
    { name: 'NaN', path, text: `${good.slice(0, -1)},"x":NaN}`, status: 400 },
    { name: 'a comment', path, text: `${good.slice(0, -1)}/**/}`, status: 400 },
    { name: 'a comma too many', path, text: `${good.slice(0, -1)},}`, status: 400 },
    { name: 'two values', path, text: `${good}${good}`, status: 400 },
    { name: 'NUL behind it', path, text: `${good}\0`, status: 400 },
  ]),
  { ...CLIENT_ERROR, name: 'nested 65 deep', text: `{"message":"m","more":${nested(65)}}` },
  { ...CLIENT_ERROR, name: 'the key __proto__', text: '{"message":"m","__proto__":{}}' },
  { ...CLIENT_ERROR, name: 'the key constructor further in', text: '{"message":"m","x":{"constructor":1}}' },
  { ...CLIENT_ERROR, name: 'NaN', text: '{"message":"m","x":NaN}' },
  { name: 'a number for a text', path: '/events', text: members('"summary":9007199254740993'), status: 400 },
  { name: 'half a character in a name', path: '/events', text: members('"session_id":"a\\ud800b"'), status: 400 },
  { name: 'NUL in a name', path: '/events', text: members('"session_id":"a\\u0000b"'), status: 400 },
  { name: '2^53 + 1', path: '/reconciliation/reports', text: counts('"n":9007199254740993'), status: 400 },
  { name: '1e400', path: '/reconciliation/reports', text: counts('"n":1e400'), status: 400 },
  { name: 'half a character in a key', path: '/reconciliation/reports', text: counts('"\\ud800":1'), status: 400 },
  { name: 'NUL in a key', path: '/reconciliation/reports', text: counts('"a\\u0000b":1'), status: 400 },
  { name: 'half a character in an id', path: '/api/messages', text: `${MESSAGE},"id":"\\udc00"}`, status: 400 },
  { name: 'NUL in a text', path: '/api/messages', text: '{"channel":"c","user":"u","text":"a\\u0000b"}', status: 400 },
];
