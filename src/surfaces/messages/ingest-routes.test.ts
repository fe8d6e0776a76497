import { describe, expect, it } from 'vitest';
import type { SqliteLog } from '../../engine/log/sqlite/sqlite-log.ts';
import { MillraceError } from '../../protocol/errors.ts';
import { MESSAGE_LIMITS, messagePageSchema, messagesAcceptedSchema } from './events.ts';
import { type TestSurface, testSurface } from './testing/test-surface.ts';

/** The log with other methods in the place of its own. */
function withMethods(log: SqliteLog, methods: Partial<Pick<SqliteLog, 'append' | 'assertRoom'>>) {
  return new Proxy(log, { get: (target, key) => Reflect.get(key in methods ? methods : target, key) });
}

const message = { user: 'ann', channel: '#general', text: 'hello' };

async function stored(surface: TestSurface) {
  return (await surface.get('/api/messages', messagePageSchema)).messages;
}

describe('POST /api/messages', () => {
  it('stores one message and answers 201 with its id', async () => {
    await using surface = await testSurface();
    const response = await surface.send(message);
    expect(response.status).toBe(201);
    const answer = messagesAcceptedSchema.parse(await response.json());
    expect(answer).toMatchObject({ ids: ['mr-1'], accepted: 1, repeated: 0 });
    expect(await stored(surface)).toEqual([
      {
        ...message,
        id: 'mr-1',
        seq: 1,
        sent_at: new Date(surface.clock.now()).toISOString(),
        received_at: expect.stringMatching(/Z$/),
      },
    ]);
  });

  it.each([
    ['an array', 'application/json', JSON.stringify([message, { ...message, id: 'b' }])],
    ['NDJSON', 'application/x-ndjson', `${JSON.stringify(message)}\n\n${JSON.stringify({ ...message, id: 'b' })}\n`],
  ])('stores %s and answers with the ids in order', async (_, type, body) => {
    await using surface = await testSurface();
    const response = await surface.send(body, type);
    expect([response.status, await response.json()]).toEqual([
      201,
      { ids: ['mr-1', 'b'], accepted: 2, repeated: 0, cursor: expect.stringMatching(/\.2\./) },
    ]);
  });

  it.each([
    ['2026-01-01T12:00:00+02:00', '2026-01-01T10:00:00.000Z'],
    ['2026-01-01T12:00:00', '2026-01-01T12:00:00.000Z'],
    ['2026-01-01T12:00:00.5Z', '2026-01-01T12:00:00.500Z'],
  ])('shows the time %s as %s', async (sent_at, shown) => {
    await using surface = await testSurface();
    await surface.post({ ...message, sent_at });
    expect((await stored(surface))[0]?.sent_at).toBe(shown);
  });

  it('ignores unknown members and those that are null', async () => {
    await using surface = await testSurface();
    await surface.post({ ...message, id: null, sent_at: null, display_name: null, colour: 'red', connector: 'irc' });
    expect(Object.keys((await stored(surface))[0] ?? {}).sort()).toEqual(
      ['channel', 'id', 'received_at', 'sent_at', 'seq', 'text', 'user'].sort(),
    );
  });

  it('keeps line breaks and every whole character, and marks what was cut in half', async () => {
    await using surface = await testSurface();
    const text = 'a\tb\r\n"c", "id":"x" 👍🏽 ünï';
    await surface.post({ ...message, text }, { ...message, text: 'cut \ud83d' });
    expect((await stored(surface)).map((one) => one.text)).toEqual(['cut \ufffd', text]);
  });

  it.each([
    ['no text', { ...message, text: undefined }, 'text: is required'],
    ['an empty text', { ...message, text: '' }, 'text: must not be empty'],
    [
      'a control character',
      { ...message, text: 'a\u0003b' },
      'text: must not hold control characters other than tab and line breaks',
    ],
    [
      'a text that is too long',
      { ...message, text: 'a'.repeat(MESSAGE_LIMITS.text + 1) },
      'text: at most 16384 characters',
    ],
    [
      'a blank user',
      { ...message, user: '  ' },
      'user: must not be empty, blank, hold control characters or half characters',
    ],
    ['a line break in a name', { ...message, channel: 'a\nb' }, 'channel: must not be'],
    ['a user that no URL can name', { ...message, user: '.' }, 'user: must not be . or ..'],
    ['a channel that no URL can name', { ...message, channel: '..' }, 'channel: must not be . or ..'],
    ['half a character in a name', { ...message, user: 'a\ud83d' }, 'user: must not be'],
    ['a time that is none', { ...message, sent_at: 'yesterday' }, 'sent_at: must be a time in ISO 8601'],
    ['an id of the server', { ...message, id: 'mr-7' }, 'id: must not begin with mr-'],
    ['a key that reaches a prototype', '{"__proto__":{},"user":"a"}', 'the key "__proto__" is not allowed'],
    ['no object', '7', 'must be a JSON object'],
    ['no JSON', '{', 'invalid JSON'],
    ['an empty batch', '[]', 'the batch is empty'],
  ])('refuses %s and stores nothing', async (_, value, problem) => {
    await using surface = await testSurface();
    const response = await surface.send(value);
    expect([response.status, await response.json()]).toEqual([
      400,
      { error: expect.objectContaining({ code: 'invalid_request', message: expect.stringContaining(problem) }) },
    ]);
    expect(surface.log.head().seq).toBe(0);
  });

  it.each([
    ['application/json', JSON.stringify([message, { ...message, text: '' }]), { index: 1 }],
    ['application/x-ndjson', `${JSON.stringify(message)}\n\n{"user":"a","channel":"b","text":1}`, { line: 3 }],
  ])('names the bad one in a batch of %s and stores nothing of it', async (type, body, place) => {
    await using surface = await testSurface();
    const response = await surface.send(body, type);
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { error: { code: 'invalid_request', details: { ...place, issues: [{ path: expect.any(String) }] } } },
    ]);
    expect(surface.log.head().seq).toBe(0);
  });

  it('answers 415 for another content type and 413 for a body that is too large', async () => {
    await using surface = await testSurface({ maxBytes: 200 });
    expect((await surface.send(message, 'text/plain')).status).toBe(415);
    expect((await surface.send({ ...message, text: 'a'.repeat(200) })).status).toBe(413);
    expect(surface.log.head().seq).toBe(0);
  });

  it.each([
    ['too_many_requests', 429],
    ['log_unavailable', 503],
  ] as const)('answers %s of the log with %d and Retry-After', async (code, status) => {
    const append = () => Promise.reject(new MillraceError(code, 'not now', { retryAfterS: 2 }));
    await using surface = await testSurface({ wrapLog: (log) => withMethods(log, { append, assertRoom() {} }) });
    const response = await surface.send(message);
    expect([response.status, response.headers.get('retry-after')]).toEqual([status, '2']);
  });

  it('answers 429 without looking into the body while there is no room', async () => {
    const assertRoom = () => {
      throw new MillraceError('too_many_requests', 'full', { retryAfterS: 1 });
    };
    await using surface = await testSurface({ wrapLog: (log) => withMethods(log, { assertRoom }) });
    const response = await surface.send('no JSON');
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '1']);
  });
});

describe('a message with an id', () => {
  it('is stored once, however often and with which others it is sent', async () => {
    await using surface = await testSurface();
    const first = await surface.post({ ...message, id: 'a' });
    surface.clock.advance(1_000);
    const again = await surface.post({ ...message, id: 'a' }, { ...message, id: 'b' }, { ...message, id: 'a' });
    expect(again).toMatchObject({ ids: ['a', 'b', 'a'], accepted: 3, repeated: 2 });
    expect((await stored(surface)).map(({ id, seq }) => [id, seq])).toEqual([
      ['b', 2],
      ['a', 1],
    ]);
    expect((await surface.post({ ...message, id: 'a' })).cursor).toBe(first.cursor);
  });

  it('cannot become another message: 409, and nothing is stored', async () => {
    await using surface = await testSurface();
    await surface.post({ ...message, id: 'a' });
    const response = await surface.send([message, { ...message, id: 'a', text: 'other' }]);
    expect([response.status, await response.json()]).toMatchObject([409, { error: { code: 'idempotency_conflict' } }]);
    expect(surface.log.head().seq).toBe(1);
  });
});
