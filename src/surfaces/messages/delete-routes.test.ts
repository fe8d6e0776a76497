import { describe, expect, it } from 'vitest';
import {
  channelsSchema,
  deletedSchema,
  messagePageSchema,
  metricsSchema,
  userDetailSchema,
  usersSchema,
} from './events.ts';
import { type TestSurface, testSurface } from './testing/test-surface.ts';

async function posted() {
  const surface = await testSurface();
  await surface.post(
    { user: 'ann', channel: 'a', text: 'one', display_name: 'Ann', id: 'x' },
    { user: 'bob', channel: 'a', text: 'two' },
    { user: 'ann', channel: 'b', text: 'three' },
  );
  return surface;
}

async function remove(surface: TestSurface, path: string) {
  const response = await surface.request(path, { method: 'DELETE' });
  expect(response.status).toBe(200);
  return deletedSchema.parse(await response.json());
}

async function messages(surface: TestSurface, query = '') {
  const page = await surface.get(`/api/messages${query}`, messagePageSchema);
  expect(page.total).toBe(page.messages.length);
  return page.messages.map(({ text, channel, user, display_name }) => [text, channel, user, display_name]);
}

describe('DELETE /api/channels/:name', () => {
  it('takes the name away and keeps its messages', async () => {
    await using surface = await posted();
    const { cursor, ...deleted } = await remove(surface, '/api/channels/a');
    expect(deleted).toEqual({ name: 'a', history: 'keep' });
    expect(await surface.get('/api/metrics', metricsSchema)).toMatchObject({
      total_messages: 3,
      total_channels: 1,
      total_users: 2,
      cursor,
    });
    expect(await messages(surface)).toEqual([
      ['three', 'b', 'ann', undefined],
      ['two', null, 'bob', undefined],
      ['one', null, 'ann', 'Ann'],
    ]);
    expect(await messages(surface, '?channel=a')).toEqual([]);
    expect(await messages(surface, '?q=two')).toHaveLength(1);
    expect(await surface.get('/api/users/ann', userDetailSchema)).toMatchObject({
      message_count: 2,
      channels: [
        { channel: null, message_count: 1 },
        { channel: 'b', message_count: 1 },
      ],
    });
  });

  it('deletes a long history in steps, between which others append', async () => {
    await using surface = await testSurface();
    const post = (count: number, channel: string) =>
      surface.post(
        ...Array.from({ length: count }, (_, index) => ({ user: `u${index % 7}`, channel, text: `t ${index}` })),
      );
    await post(2_500, 'long');
    await post(2_500, 'long');
    await post(3, 'other');
    const head = surface.log.head().seq;
    await Promise.all([remove(surface, '/api/channels/long?history=delete'), post(2, 'other')]);
    expect(surface.log.head().seq - head).toBe(3 + 2);
    expect(await surface.get('/api/metrics', metricsSchema)).toMatchObject({ total_messages: 5, total_channels: 1 });
    expect(await surface.get('/api/channels', channelsSchema)).toMatchObject({
      channels: [{ channel: 'other', message_count: 5 }],
    });
  });

  it('deletes its messages with it from every list, count and search, and users that have no others', async () => {
    await using surface = await posted();
    await remove(surface, '/api/channels/a?history=delete');
    expect(await surface.get('/api/metrics', metricsSchema)).toMatchObject({
      total_messages: 1,
      total_channels: 1,
      total_users: 1,
    });
    expect(await messages(surface)).toEqual([['three', 'b', 'ann', undefined]]);
    expect(await messages(surface, '?q=two')).toEqual([]);
    expect(await messages(surface, '?user=bob')).toEqual([]);
    expect((await surface.get('/api/users', usersSchema)).users).toMatchObject([{ user: 'ann', message_count: 1 }]);
    expect((await surface.request('/api/messages?around=x')).status).toBe(404);
  });

  it('begins anew with the next message of that name', async () => {
    await using surface = await posted();
    await remove(surface, '/api/channels/a');
    await surface.post({ user: 'ann', channel: 'a', text: 'again' });
    const { channels } = await surface.get('/api/channels?sort=name', channelsSchema);
    expect(channels.map(({ channel, message_count }) => [channel, message_count])).toEqual([
      ['a', 1],
      ['b', 1],
    ]);
    expect(await messages(surface, '?channel=a')).toEqual([['again', 'a', 'ann', undefined]]);
  });
});

describe('DELETE /api/users/:name', () => {
  it('keeps the messages without the name, also where the source writes it differently', async () => {
    await using surface = await posted();
    await remove(surface, '/api/users/ann?history=keep');
    expect(await messages(surface)).toEqual([
      ['three', 'b', null, undefined],
      ['two', 'a', 'bob', undefined],
      ['one', 'a', null, undefined],
    ]);
    expect((await surface.request('/api/users/ann')).status).toBe(404);
    expect(await surface.get('/api/metrics', metricsSchema)).toMatchObject({ total_messages: 3, total_users: 1 });
  });

  it('answers 404 for a name that nobody has, 400 for another history, and changes nothing', async () => {
    await using surface = await posted();
    const status = async (path: string) => (await surface.request(path, { method: 'DELETE' })).status;
    expect(await status('/api/users/nobody')).toBe(404);
    expect(await status('/api/channels/ann')).toBe(404);
    expect(await status('/api/users/ann?history=burn')).toBe(400);
    expect(surface.log.head().seq).toBe(3);
  });

  it('lets one of two deletions that come at once find the name gone', async () => {
    await using surface = await posted();
    const both = [0, 1].map(() => surface.request('/api/users/ann', { method: 'DELETE' }));
    expect((await Promise.all(both)).map(({ status }) => status).sort()).toEqual([200, 404]);
  });
});
