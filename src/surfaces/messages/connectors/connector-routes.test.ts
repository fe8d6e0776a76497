import { expect, test } from 'vitest';
import { connectorSchema } from '../../../protocol/connector.ts';
import { connectorSystem } from './testing/connector-system.ts';

const IRC = { kind: 'irc', server: 'irc.libera.chat', nick: 'me', channels: ['#a'] };

test('http and hooks are always there, idle until something comes', async () => {
  await using system = await connectorSystem({ isStarted: false });
  expect(await system.connectors()).toMatchObject([
    { id: 'hooks', kind: 'hooks', channel: '/hooks/claude-code', mode: 'push', liveness: 'idle', events_ingested: 0 },
    { id: 'http', kind: 'http', channel: '/api/messages', mode: 'push', liveness: 'idle', provider_failures: 0 },
  ]);
});

test('a connector is added with 201 and its row, and removed', async () => {
  await using system = await connectorSystem({ isStarted: false });
  const response = await system.post(IRC);
  expect(response.status).toBe(201);
  expect(response.headers.get('location')).toBe('/api/connectors/irc-libera-chat');
  const added = connectorSchema.parse(await response.json());
  expect(added).toMatchObject({
    id: 'irc-libera-chat',
    kind: 'irc',
    channel: 'irc.libera.chat #a',
    mode: 'stream',
    liveness: 'connecting',
    events_ingested: 0,
  });
  expect(await system.connectors()).toContainEqual(added);
  const removed = await system.request('/api/connectors/irc-libera-chat', { method: 'DELETE' });
  expect([removed.status, await removed.json()]).toMatchObject([200, { id: 'irc-libera-chat' }]);
  expect(await system.connectors()).toHaveLength(2);
  expect((await system.post(IRC)).status).toBe(201);
});

test('ids are made of the server’s name, and are never taken twice', async () => {
  await using system = await connectorSystem({ isStarted: false });
  const made: string[] = [];
  for (const nick of ['a', 'b', 'c']) {
    made.push(connectorSchema.parse(await (await system.post({ ...IRC, server: 'IRC.Example.net', nick })).json()).id);
  }
  expect(made).toEqual(['irc-example-net', 'irc-example-net-2', 'irc-example-net-3']);
});

test.each([
  [{ id: 'taken' }, { id: 'taken', nick: 'other' }],
  [{}, {}],
  [{ channels: ['#a', '#b'] }, { channels: ['#B', '#a'], id: 'x', nick: 'ME', server: 'IRC.libera.CHAT' }],
])('409 for %j and then %j', async (first, second) => {
  await using system = await connectorSystem({ isStarted: false });
  expect((await system.post({ ...IRC, ...first })).status).toBe(201);
  const response = await system.post({ ...IRC, ...second });
  expect([response.status, await response.json()]).toMatchObject([409, { error: { code: 'conflict' } }]);
  expect(await system.connectors()).toHaveLength(3);
});

test('of two equal requests at once only one is taken', async () => {
  await using system = await connectorSystem({ isStarted: false });
  const answers = await Promise.all([system.post(IRC), system.post(IRC)]);
  expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409]);
});

test.each([
  [{ kind: 'smtp' }, 'kind'],
  [{ server: undefined }, 'server: is required'],
  [{ nick: 'a b' }, 'nick: must be a nick'],
  [{ channels: ['a'] }, 'channels.0: must be a channel'],
  [{ channels: ['#a\r\nQUIT'] }, 'channels.0: must be a channel'],
  [{ port: 70_000 }, 'port: '],
  [{ id: 'mr-x' }, 'id: is taken'],
  [{ id: '-x' }, 'id: must be'],
  [{ colour: 'red' }, 'colour'],
  [{ password: 'hunter2' }, 'password: is taken from MILLRACE_IRC only'],
  [{ ca_file: '/etc/passwd' }, 'ca_file: is taken from MILLRACE_IRC only'],
])('400 for %j, and nothing changed', async (change, words) => {
  await using system = await connectorSystem({ isStarted: false });
  const response = await system.post({ ...IRC, ...change });
  expect(response.status).toBe(400);
  const text = await response.text();
  expect(text).toContain(words);
  expect(text).not.toContain('hunter2');
  expect(await system.records()).toEqual([]);
});

test('404 for the removal of an unknown one, 409 for a built-in and for a configured one', async () => {
  const configured = { id: 'fixed', server: '127.0.0.1', port: 1, nick: 'me', channels: ['#a'] };
  await using system = await connectorSystem({ irc: [configured] });
  await expect.poll(() => system.connectors()).toHaveLength(3);
  const remove = async (id: string) => (await system.request(`/api/connectors/${id}`, { method: 'DELETE' })).status;
  expect([await remove('none'), await remove('http'), await remove('fixed')]).toEqual([404, 409, 409]);
  expect(await system.connectors()).toHaveLength(3);
});
