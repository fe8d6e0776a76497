import { describe, expect, it } from 'vitest';
import {
  channelsSchema,
  MAX_COUNTED,
  messagePageSchema,
  metricsSchema,
  userDetailSchema,
  usersSchema,
} from './events.ts';
import { type TestSurface, testSurface } from './testing/test-surface.ts';

const DAY = '2026-01-01';

function numbered(count: number, more: object = {}) {
  return Array.from({ length: count }, (_, index) => ({
    user: 'ann',
    channel: 'a',
    text: `number ${index + 1}`,
    ...more,
  }));
}

async function page(surface: TestSurface, query: string) {
  const { messages, ...rest } = await surface.get(`/api/messages?${query}`, messagePageSchema);
  return { seqs: messages.map(({ seq }) => seq), ...rest };
}

describe('GET /api/metrics, /api/channels and /api/users', () => {
  it('answer zeros and nothing while there are no messages', async () => {
    await using surface = await testSurface();
    expect(await surface.get('/api/metrics', metricsSchema)).toMatchObject({
      total_messages: 0,
      total_channels: 0,
      total_users: 0,
      last_message_at: null,
    });
    expect(await surface.get('/api/channels', channelsSchema)).toMatchObject({ channels: [], total: 0 });
  });

  it('count what was posted, as of one position', async () => {
    await using surface = await testSurface();
    const sent_at = `${DAY}T10:00:00.000Z`;
    const { cursor } = await surface.post(
      { user: 'ann', channel: 'a', text: 'x', display_name: 'Ann' },
      { user: 'ann', channel: 'b', text: 'x' },
      { user: 'bob', channel: 'a', text: 'x', sent_at },
    );
    expect(await surface.get('/api/metrics', metricsSchema)).toEqual({
      total_messages: 3,
      total_channels: 2,
      total_users: 2,
      last_message_at: sent_at,
      cursor,
    });
    const { channels, total } = await surface.get('/api/channels', channelsSchema);
    expect(total).toBe(2);
    expect(channels).toMatchObject([
      { channel: 'a', message_count: 2, last_message_at: sent_at, activity: [[expect.any(Number), 2]] },
      { channel: 'b', message_count: 1 },
    ]);
    const { users } = await surface.get('/api/users', usersSchema);
    expect(users).toMatchObject([
      { user: 'ann', display_name: 'Ann', message_count: 2 },
      { user: 'bob', message_count: 1, first_message_at: sent_at, last_message_at: sent_at },
    ]);
  });

  it('are sorted, cut and searched by name as asked', async () => {
    await using surface = await testSurface();
    const post = (user: string) => ({ user, channel: 'a', text: 'x' });
    await surface.post(...['bob', 'bob', 'bob', 'Ann', 'Ann', '50%', 'Ann', 'Ann'].map(post));
    const users = async (query: string) => {
      const answer = await surface.get(`/api/users?${query}`, usersSchema);
      return [...answer.users.map(({ user }) => user), answer.total];
    };
    expect(await users('')).toEqual(['Ann', 'bob', '50%', 3]);
    expect(await users('order=asc')).toEqual(['50%', 'bob', 'Ann', 3]);
    expect(await users('sort=activity')).toEqual(['Ann', '50%', 'bob', 3]);
    expect(await users('sort=name')).toEqual(['50%', 'Ann', 'bob', 3]);
    expect(await users('sort=name&limit=1&offset=1')).toEqual(['Ann', 3]);
    expect(await users('q=%25')).toEqual(['50%', 1]);
    expect(await users('q=NN')).toEqual(['Ann', 1]);
    expect((await surface.request('/api/users?sort=age')).status).toBe(400);
    expect((await surface.request('/api/users?limit=1001')).status).toBe(400);
  });
});

describe('GET /api/users/:name', () => {
  it('shows the counts, the channels and the newest messages of a user', async () => {
    await using surface = await testSurface();
    await surface.post(
      ...numbered(60),
      { user: 'ann', channel: 'b', text: 'x' },
      { user: 'b/c d', channel: 'b', text: 'x' },
    );
    const detail = await surface.get('/api/users/ann', userDetailSchema);
    expect(detail).toMatchObject({
      user: 'ann',
      message_count: 61,
      channels: [
        { channel: 'a', message_count: 60 },
        { channel: 'b', message_count: 1 },
      ],
    });
    expect(detail.messages.map(({ seq }) => seq)).toEqual(Array.from({ length: 50 }, (_, index) => 61 - index));
    expect(await surface.get(`/api/users/${encodeURIComponent('b/c d')}`, userDetailSchema)).toMatchObject({
      message_count: 1,
    });
    expect((await surface.request('/api/users/nobody')).status).toBe(404);
  });
});

describe('GET /api/messages', () => {
  it('pages through the history in both directions', async () => {
    await using surface = await testSurface();
    await surface.post(...numbered(10));
    const newest = await page(surface, 'limit=4');
    expect(newest).toMatchObject({ seqs: [10, 9, 8, 7], total: 10, after: null });
    const middle = await page(surface, `limit=4&before=${newest.before}`);
    expect(middle).toMatchObject({ seqs: [6, 5, 4, 3], total: 10 });
    const oldest = await page(surface, `limit=4&before=${middle.before}`);
    expect(oldest).toMatchObject({ seqs: [2, 1], before: null });
    const back = await page(surface, `limit=4&after=${oldest.after}`);
    expect(back).toMatchObject({ seqs: [6, 5, 4, 3] });
    expect(await page(surface, `limit=4&after=${back.after}`)).toMatchObject({ seqs: [10, 9, 8, 7], after: null });
  });

  it('shows what was said around a message, by its id or its position', async () => {
    await using surface = await testSurface();
    await surface.post(...numbered(5), { user: 'bob', channel: 'b', text: 'x', id: '99' }, ...numbered(5));
    expect(await page(surface, 'limit=5&around=99')).toMatchObject({
      seqs: [8, 7, 6, 5, 4],
      before: 'mr-4',
      after: 'mr-8',
    });
    expect((await page(surface, 'limit=5&around=6')).seqs).toEqual([8, 7, 6, 5, 4]);
    expect((await page(surface, 'limit=5&around=mr-11')).seqs).toEqual([11, 10, 9, 8, 7]);
    expect((await page(surface, 'limit=5&around=1')).seqs).toEqual([5, 4, 3, 2, 1]);
    expect(await page(surface, 'before=1')).toMatchObject({ seqs: [], before: null, after: 'mr-0' });
    expect((await surface.request('/api/messages?around=nobody-knows')).status).toBe(404);
    expect((await surface.request('/api/messages?around=1&before=2')).status).toBe(400);
  });

  it('filters by channel, user, time and words, in any combination, and counts all that match', async () => {
    await using surface = await testSurface();
    await surface.post(
      { user: 'ann', channel: 'a', text: 'The build is DONE', sent_at: `${DAY}T10:00:00Z` },
      { user: 'bob', channel: 'a', text: 'the café is open', sent_at: `${DAY}T11:00:00Z` },
      { user: 'ann', channel: 'b', text: 'building again', sent_at: `${DAY}T12:00:00Z` },
      { user: 'ann', channel: 'a', text: 'late news of the build', sent_at: `${DAY}T10:30:00Z` },
    );
    const found = async (query: string) => {
      const { seqs, total } = await page(surface, query);
      expect(total).toBe(seqs.length);
      return seqs;
    };
    expect(await found('channel=a')).toEqual([4, 2, 1]);
    expect(await found('user=ann')).toEqual([4, 3, 1]);
    expect(await found('channel=a&user=ann')).toEqual([4, 1]);
    expect(await found('channel=b&user=bob')).toEqual([]);
    expect(await found('channel=nowhere')).toEqual([]);
    expect(await found('channel=nowhere&q=build')).toEqual([]);
    expect(await found('q=build')).toEqual([4, 3, 1]);
    expect(await found(`q=${encodeURIComponent('build ')}`)).toEqual([4, 1]);
    expect(await found('q=CAFE')).toEqual([2]);
    expect(await found('q=the+bui&channel=a')).toEqual([4, 1]);
    expect(await found('q=bu')).toEqual([]);
    expect(await found(`from=${DAY}T10:30:00Z`)).toEqual([4, 3, 2]);
    expect(await found(`from=${DAY}T10:30:00Z&to=${DAY}T11:00:00Z`)).toEqual([4]);
    expect(await found(`to=${DAY}T11:00:00Z&user=ann&q=build`)).toEqual([4, 1]);
    expect(await found(`from=2027-01-01T00:00:00Z`)).toEqual([]);
    expect(await page(surface, 'q=build&limit=1')).toMatchObject({ seqs: [4], total: 3, before: 'mr-4' });
    expect(await page(surface, 'q=build&limit=1&before=mr-4')).toMatchObject({ seqs: [3], after: 'mr-3' });
  });

  it.each([
    '"',
    "'",
    '" OR "',
    'a AND',
    'NEAR(',
    '*',
    'text:x',
    '{scope} : "c1"',
    '-',
    '^the',
    '\\',
    '%',
    '(((',
    'c1 u1',
  ])('takes %j for text, never for syntax', async (text) => {
    await using surface = await testSurface();
    await surface.post({ user: 'ann', channel: 'a', text: 'nothing of this' });
    expect((await page(surface, `q=${encodeURIComponent(text)}`)).seqs).toEqual([]);
  });

  it('counts the matches of a text up to a bound', async () => {
    await using surface = await testSurface();
    for (let batch = 0; batch < 6; batch += 1) await surface.post(...numbered(2_000));
    expect(await page(surface, 'q=number&limit=1')).toMatchObject({ seqs: [12_000], total: MAX_COUNTED });
    expect(await page(surface, 'channel=a&limit=1')).toMatchObject({ total: 12_000 });
  });

  it('forgets what retention removed, in the counts too', async () => {
    const unlimited = Number.POSITIVE_INFINITY;
    await using surface = await testSurface({
      retention: { maxEvents: 100, maxAgeMs: unlimited, maxBytes: unlimited },
      retentionIntervalMs: 10,
    });
    await surface.post(...numbered(300, { user: 'old' }), ...numbered(50));
    await expect.poll(() => surface.log.trimmed().seq).toBe(250);
    expect(await surface.get('/api/metrics', metricsSchema)).toMatchObject({ total_messages: 100, total_users: 2 });
    expect((await page(surface, 'q=number&limit=500')).seqs).toHaveLength(100);
    await surface.post(...numbered(60));
    await expect.poll(() => surface.log.trimmed().seq).toBe(310);
    expect(await surface.get('/api/metrics', metricsSchema)).toMatchObject({ total_messages: 100, total_users: 1 });
  });
});
