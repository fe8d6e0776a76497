import { expect, test } from 'vitest';
import { RequestGuard } from './request-guard.ts';

const OWN = 'http://127.0.0.1:4000';
const guard = new RequestGuard({ allowedOrigins: ['https://dash.example'], isLoopback: true });

interface Asked {
  readonly method?: string;
  readonly url?: string;
  readonly headers?: Record<string, string>;
}

function check({ method = 'GET', url = `${OWN}/events`, headers = {} }: Asked): string {
  // `Request` refuses to carry some headers that a server receives.
  const received = { method, headers: new Headers(headers) } as unknown as Request;
  try {
    guard.check(received, new URL(url));
    return 'passes';
  } catch (error) {
    return (error as { code: string }).code;
  }
}

test.each<[string, Asked, string]>([
  ['several hosts', { headers: { host: '127.0.0.1:4000, elsewhere.test' } }, 'invalid_request'],
  ['a program without an origin', { method: 'POST' }, 'passes'],
  ['the own page', { method: 'POST', headers: { origin: OWN } }, 'passes'],
  ['a page on the list', { method: 'POST', headers: { origin: 'https://dash.example' } }, 'passes'],
  ['a foreign page that posts', { method: 'POST', headers: { origin: 'https://evil.example' } }, 'forbidden_origin'],
  [
    'a foreign page that deletes',
    { method: 'DELETE', headers: { origin: 'https://evil.example' } },
    'forbidden_origin',
  ],
  [
    'a foreign page that opens a WebSocket',
    { headers: { origin: 'https://evil.example', upgrade: 'websocket' } },
    'forbidden_origin',
  ],
  ['a sandboxed page', { method: 'POST', headers: { origin: 'null' } }, 'forbidden_origin'],
  [
    'an origin that only begins like the own one',
    { method: 'POST', headers: { origin: `${OWN}.evil.example` } },
    'forbidden_origin',
  ],
  [
    'the own host on another port',
    { method: 'POST', headers: { origin: 'http://127.0.0.1:4001' } },
    'forbidden_origin',
  ],
  [
    'a foreign page that reads: without CORS headers it learns nothing',
    { headers: { origin: 'https://evil.example' } },
    'passes',
  ],
  ['another name for this machine', { url: 'http://localhost:4000/events' }, 'passes'],
  ['a name that somebody else points here', { url: 'http://evil.example:4000/events' }, 'misdirected_host'],
])('%s', (_who, asked, expected) => {
  expect(check(asked)).toBe(expected);
});

test('only origins on the list get CORS headers', () => {
  const headersFor = (origin: string) => guard.corsHeaders({ headers: new Headers({ origin }) } as Request);
  expect(headersFor('https://dash.example')).toMatchObject({ 'access-control-allow-origin': 'https://dash.example' });
  expect(headersFor('https://evil.example')).toEqual({});
});
