import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SqliteLog } from '../../engine/log/sqlite/sqlite-log.ts';
import { MillraceError } from '../../protocol/errors.ts';
import { observedEventSchema, recentEventsSchema, refusalSchema } from './events.ts';
import { fixtures, type TestSurface, testSurface } from './testing/test-surface.ts';

const EVENT = {
  timestamp: '2025-10-21T10:30:45.123Z',
  source_app: 'resume-agent',
  event_type: 'PreToolUse',
  tool_name: 'mcp__sqlite__query',
  summary: 'Querying portfolio_library table for RAG examples',
  session_id: '550e8400-e29b-41d4-a716-446655440000',
  metadata: '{"query": "SELECT 1"}',
};
const MINIMAL = { timestamp: EVENT.timestamp, source_app: 'a', event_type: 'b' };

async function recent(surface: TestSurface) {
  return recentEventsSchema.parse(await (await surface.request('/events/recent')).json());
}

async function refusalOf(response: Response, status: number) {
  expect(response.status).toBe(status);
  expect(response.headers.get('content-type')).toBe('application/json');
  return refusalSchema.parse(await response.json());
}

/** The log with another method in the place of its own. */
function withMethod<Name extends 'append' | 'assertRoom'>(log: SqliteLog, name: Name, method: SqliteLog[Name]) {
  return new Proxy(log, {
    get(target, key) {
      const own: unknown = key === name ? method : Reflect.get(target, key, target);
      return typeof own === 'function' ? own.bind(target) : own;
    },
  });
}

function ndjson(surface: TestSurface, text: string, headers: Record<string, string> = {}) {
  return surface.request('/events', {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson', ...headers },
    body: text,
  });
}

describe('POST /events with one event', () => {
  it('answers 201 with the stored event, which is then found again', async () => {
    await using surface = await testSurface();
    const response = await surface.post('/events', EVENT);
    expect(response.status).toBe(201);
    const stored = observedEventSchema.parse(await response.json());
    expect(stored).toEqual({ ...EVENT, id: 1, created_at: expect.stringMatching(/^\d{4}-.*Z$/) });
    expect((await recent(surface)).events).toEqual([stored]);
    expect(surface.log.head().seq).toBe(1);
  });

  it('ignores unknown members and takes null for "not set"', async () => {
    await using surface = await testSurface();
    const response = await surface.post('/events', {
      ...MINIMAL,
      tool_name: null,
      session_id: null,
      colour: 'red',
      id: 99,
    });
    expect(response.status).toBe(201);
    expect(await response.json()).toEqual({ ...MINIMAL, id: 1, created_at: expect.any(String) });
  });

  it('reads a time without a zone as UTC and says so', async () => {
    await using surface = await testSurface();
    const response = await surface.post('/events', { ...MINIMAL, timestamp: '2025-10-21T10:30:45.123456' });
    expect(await response.json()).toMatchObject({ timestamp: '2025-10-21T10:30:45.123456Z' });
  });

  it('keeps text of every language and awkward characters as they were', async () => {
    await using surface = await testSurface();
    const event = { ...MINIMAL, source_app: 'Büro 🚀', summary: 'a "quote" \\ \u2028 \u0000 日本語' };
    expect(await (await surface.post('/events', event)).json()).toMatchObject(event);
  });

  it('accepts a summary of exactly 1000 characters', async () => {
    await using surface = await testSurface();
    expect((await surface.post('/events', { ...EVENT, summary: 'x'.repeat(1000) })).status).toBe(201);
  });
});

describe('POST /events with something else', () => {
  let surface: TestSurface;
  beforeAll(async () => {
    surface = await testSurface();
  });
  afterAll(() => surface[Symbol.asyncDispose]());

  it.each([
    ['a missing timestamp', { timestamp: undefined }, 'timestamp'],
    ['a timestamp that is no time', { timestamp: 'yesterday' }, 'timestamp'],
    ['a timestamp on the 30th of February', { timestamp: '2025-02-30T10:00:00Z' }, 'timestamp'],
    ['a timestamp that is a number', { timestamp: 1761042645123 }, 'timestamp'],
    ['a missing source_app', { source_app: undefined }, 'source_app'],
    ['an empty source_app', { source_app: '' }, 'source_app'],
    ['a blank event_type', { event_type: '  ' }, 'event_type'],
    ['control characters in a name', { event_type: 'a\u001b[31m' }, 'event_type'],
    ['an empty session_id', { session_id: '' }, 'session_id'],
    ['a summary of 1001 characters', { summary: 'x'.repeat(1001) }, 'summary'],
    ['metadata that is an object', { metadata: { a: 1 } }, 'metadata'],
    ['metadata that is no JSON', { metadata: '{a:1}' }, 'metadata'],
    ['metadata with a forbidden key', { metadata: '{"a":[{"__proto__":1}]}' }, 'metadata'],
    ['metadata nested too deep', { metadata: '['.repeat(65) + ']'.repeat(65) }, 'metadata'],
  ])('refuses %s, names the member and stores nothing', async (_, change, path) => {
    const before = await surface.rejects('invalid_request');
    const refusal = await refusalOf(await surface.post('/events', { ...EVENT, ...change }), 400);
    expect(refusal).toMatchObject({ error: 'ValidationError', details: { issues: [{ path }] } });
    expect(refusal.message).toContain(path);
    expect(surface.log.head().seq).toBe(0);
    expect(await surface.rejects('invalid_request')).toBe(before + 1);
  });

  it.each([
    ['invalid JSON', '{"timestamp":', 'invalid JSON'],
    ['an empty body', '', 'invalid JSON'],
    ['a string', '"hello"', 'must be a JSON object'],
    ['a forbidden key', `{"__proto__":{"admin":true},${JSON.stringify(MINIMAL).slice(1)}`, '__proto__'],
    ['JSON nested 100,000 levels deep', `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 'nested deeper'],
  ])('refuses %s', async (_, body, message) => {
    const headers = { 'content-type': 'application/json' };
    const refusal = await refusalOf(await surface.request('/events', { method: 'POST', headers, body }), 400);
    expect(refusal).toMatchObject({ error: 'ValidationError', details: { issues: [{ path: '' }] } });
    expect(refusal.message).toContain(message);
    expect(surface.log.head().seq).toBe(0);
  });

  it('refuses bytes that are not UTF-8', async () => {
    const body = Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]);
    const headers = { 'content-type': 'application/json' };
    const refusal = await refusalOf(await surface.request('/events', { method: 'POST', headers, body }), 400);
    expect(refusal.message).toContain('UTF-8');
  });

  it.each([
    [{ 'content-type': 'text/plain' }],
    [{ 'content-type': 'application/x-www-form-urlencoded' }],
    [{ 'content-type': 'application/json', 'content-encoding': 'gzip' }],
  ])('refuses %j with 415', async (headers) => {
    const before = await surface.rejects('unsupported_media_type');
    const body = JSON.stringify(EVENT);
    const refusal = await refusalOf(await surface.request('/events', { method: 'POST', headers, body }), 415);
    expect(refusal.error).toBe('UnsupportedMediaType');
    expect(await surface.rejects('unsupported_media_type')).toBe(before + 1);
  });
});

describe('POST /events that is too much', () => {
  it('refuses a declared length over the limit without reading, and an undeclared one while reading', async () => {
    await using surface = await testSurface({ maxBytes: 1_000 });
    const body = JSON.stringify({ ...EVENT, metadata: JSON.stringify('x'.repeat(1_000)) });
    const headers = { 'content-type': 'application/json' };
    const declared = { ...headers, 'content-length': String(body.length) };
    const first = await refusalOf(await surface.request('/events', { method: 'POST', headers: declared, body }), 413);
    expect(first).toMatchObject({ error: 'PayloadTooLarge', details: { maxBytes: 1_000 } });

    let pulls = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulls += 1;
        controller.enqueue(new Uint8Array(400));
      },
    });
    await refusalOf(await surface.request('/events', { method: 'POST', headers, body: endless }), 413);
    expect(pulls).toBeLessThan(8);
    expect(await surface.rejects('payload_too_large')).toBe(2);
    expect(surface.log.head().seq).toBe(0);
  });

  it('answers 429 with Retry-After while the queue is full, and loses nothing it accepted', async () => {
    await using surface = await testSurface({ maxQueuedEvents: 20 });
    const answers = await Promise.all(Array.from({ length: 200 }, () => surface.post('/events', EVENT)));
    const accepted = answers.filter((answer) => answer.status === 201);
    const refused = answers.filter((answer) => answer.status === 429);
    expect(accepted.length).toBeGreaterThan(0);
    expect(refused.length).toBeGreaterThan(0);
    expect(accepted.length + refused.length).toBe(200);
    expect(refused[0]?.headers.get('retry-after')).toBe('1');
    expect((await refusalOf(refused[0] as Response, 429)).error).toBe('TooManyRequests');
    expect((await recent(surface)).total).toBe(accepted.length);
  });

  it('answers 429 without looking into the body while there is no room', async () => {
    await using surface = await testSurface({
      wrapLog: (log) =>
        withMethod(log, 'assertRoom', () => {
          throw new MillraceError('too_many_requests', 'full', { retryAfterS: 1 });
        }),
    });
    const response = await surface.request('/events', { method: 'POST', body: 'no JSON' });
    expect(response.headers.get('retry-after')).toBe('1');
    expect(await refusalOf(response, 429)).toEqual({ error: 'TooManyRequests', message: 'full' });
  });

  it('answers 503 with Retry-After when the log refuses', async () => {
    const refused = () => Promise.reject(new MillraceError('log_unavailable', 'disk full', { retryAfterS: 5 }));
    await using surface = await testSurface({ wrapLog: (log) => withMethod(log, 'append', refused) });
    const response = await surface.post('/events', EVENT);
    expect(response.headers.get('retry-after')).toBe('5');
    expect(await refusalOf(response, 503)).toEqual({ error: 'LogUnavailable', message: 'disk full' });
    expect(await surface.rejects('log_unavailable')).toBe(1);
  });
});

describe('POST /events with a batch', () => {
  it('stores an array in its order', async () => {
    await using surface = await testSurface();
    const batch = ['one', 'two', 'three'].map((summary) => ({ ...EVENT, summary }));
    const response = await surface.post('/events', batch);
    expect(response.status).toBe(201);
    expect(await response.json()).toEqual({ accepted: 3, first_id: 1, last_id: 3 });
    expect((await recent(surface)).events.map((event) => event.summary)).toEqual(['three', 'two', 'one']);
  });

  it('stores NDJSON, with CRLF, blank lines and no newline at the end', async () => {
    await using surface = await testSurface();
    const text = `${JSON.stringify(EVENT)}\r\n\n${JSON.stringify(MINIMAL)}`;
    expect(await (await ndjson(surface, text)).json()).toEqual({ accepted: 2, first_id: 1, last_id: 2 });
  });

  it('names the bad line and stores none of the others', async () => {
    await using surface = await testSurface();
    const text = `${JSON.stringify(EVENT)}\n\n${JSON.stringify({ ...EVENT, source_app: '' })}\n${JSON.stringify(EVENT)}\n`;
    const refusal = await refusalOf(await ndjson(surface, text), 400);
    expect(refusal).toMatchObject({ error: 'ValidationError', details: { line: 3, issues: [{ path: 'source_app' }] } });
    expect(refusal.message).toMatch(/^line 3: source_app/);
    expect(surface.log.head().seq).toBe(0);
  });

  it('names the line that is no JSON and the index of a bad member', async () => {
    await using surface = await testSurface();
    const broken = await refusalOf(await ndjson(surface, `${JSON.stringify(EVENT)}\n{oops\n`), 400);
    expect(broken).toMatchObject({ message: 'line 2: invalid JSON', details: { line: 2 } });
    const bad = await refusalOf(await surface.post('/events', [EVENT, { ...EVENT, metadata: '{' }]), 400);
    expect(bad).toMatchObject({ details: { index: 1, issues: [{ path: 'metadata' }] } });
    expect(surface.log.head().seq).toBe(0);
  });

  it('refuses an empty batch', async () => {
    await using surface = await testSurface();
    const refusal = {
      error: 'ValidationError',
      message: 'the batch is empty',
      details: { issues: [{ path: '', message: 'the batch is empty' }] },
    };
    expect(await refusalOf(await surface.post('/events', []), 400)).toEqual(refusal);
    expect(await refusalOf(await ndjson(surface, '\n\n'), 400)).toEqual(refusal);
  });
});

describe('POST /events with an Idempotency-Key', () => {
  it('answers a repeated request with the event stored first', async () => {
    await using surface = await testSurface();
    const first = await (await surface.post('/events', EVENT, { 'idempotency-key': 'k1' })).json();
    const again = await surface.post('/events', EVENT, { 'idempotency-key': 'k1' });
    expect(again.status).toBe(201);
    expect(await again.json()).toEqual(first);
    expect((await recent(surface)).total).toBe(1);
  });

  it('answers a repeated batch with the same ids', async () => {
    await using surface = await testSurface();
    const text = `${JSON.stringify(EVENT)}\n${JSON.stringify(MINIMAL)}\n`;
    const headers = { 'idempotency-key': 'batch-7' };
    const first = await (await ndjson(surface, text, headers)).json();
    expect(await (await ndjson(surface, text, headers)).json()).toEqual(first);
    expect((await recent(surface)).total).toBe(2);
  });

  it('answers so also when retention has removed a part of it meanwhile', async () => {
    const retention = { maxAgeMs: Number.POSITIVE_INFINITY, maxEvents: 1, maxBytes: Number.POSITIVE_INFINITY };
    await using surface = await testSurface({ retention, retentionIntervalMs: 10 });
    const headers = { 'idempotency-key': 'batch-7' };
    const first = await (await surface.post('/events', [EVENT, MINIMAL, EVENT], headers)).json();
    expect(first).toEqual({ accepted: 3, first_id: 1, last_id: 3 });
    await expect.poll(() => surface.log.trimmed().seq).toBe(2);
    expect(await (await surface.post('/events', [EVENT, MINIMAL, EVENT], headers)).json()).toEqual(first);
  });

  it('refuses another body under the same key, and a key that is none', async () => {
    await using surface = await testSurface();
    await surface.post('/events', EVENT, { 'idempotency-key': 'k1' });
    const other = await surface.post('/events', { ...EVENT, summary: 'other' }, { 'idempotency-key': 'k1' });
    expect((await refusalOf(other, 409)).error).toBe('IdempotencyConflict');
    const bad = await surface.post('/events', EVENT, { 'idempotency-key': 'with space' });
    expect((await refusalOf(bad, 400)).message).toContain('Idempotency-Key');
    expect((await recent(surface)).total).toBe(1);
  });
});

describe('POST /events in the shape of the widespread hook scripts', () => {
  it('answers 200 with the stored event', async () => {
    await using surface = await testSurface();
    const script = fixtures('hook-script').get('pre-tool-use');
    const response = await surface.post('/events', script);
    expect(response.status).toBe(200);
    const stored = observedEventSchema.parse(await response.json());
    expect(stored).toMatchObject({
      id: 1,
      timestamp: '2025-10-21T10:30:45.123Z',
      source_app: 'shop',
      event_type: 'PreToolUse',
      tool_name: 'Bash',
      summary: 'npm test -- --run cart',
      session_id: script?.session_id,
    });
    expect(JSON.parse(stored.metadata ?? '')).toMatchObject({ model_name: 'claude-sonnet-4-6', tool_name: 'Bash' });
  });

  it('keeps the given summary and the chat', async () => {
    await using surface = await testSurface();
    const response = await surface.post('/events', fixtures('hook-script').get('stop-with-chat'));
    const stored = observedEventSchema.parse(await response.json());
    expect(stored.summary).toBe('Finished the rounding fix');
    expect(JSON.parse(stored.metadata ?? '').chat).toHaveLength(2);
  });

  it.each(['source_app', 'session_id', 'payload'])('refuses it without %s', async (member) => {
    await using surface = await testSurface();
    const script = { ...fixtures('hook-script').get('pre-tool-use'), [member]: undefined };
    const refusal = await refusalOf(await surface.post('/events', script), 400);
    expect(refusal).toMatchObject({ error: 'ValidationError', details: { issues: [{ path: member }] } });
  });
});
