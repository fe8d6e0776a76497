import { expect, test } from 'vitest';
import type { NewEvent } from '../../../engine/log/log.ts';
import { connectorRowSchema } from '../../../protocol/connector.ts';
import { toLogEvent } from '../message-body.ts';
import { connectorsView } from './connector-rows.ts';
import { addedEvent, changedEvent, failedEvent, removedEvent } from './records.ts';
import { type ConnectorSystem, connectorSystem } from './testing/connector-system.ts';

const SETTINGS = {
  server: 'irc.test',
  port: 7_000,
  tls: false,
  nick: 'me',
  other_nicks: [],
  channels: ['#a', '#b'],
  capabilities: [],
};
const HOOK: NewEvent = { type: 'observability.recorded', channel: 'observability', body: '{}' };

function added(id = 'x') {
  return addedEvent({ id, kind: 'irc', origin: 'request', settings: SETTINGS });
}

function posted(connector: string | undefined, text = 'hello') {
  return toLogEvent({ user: 'u', channel: '#a', text, sent_at: '2026-01-01T00:00:00.000Z', connector });
}

/** What the feed sends after a position. */
async function rows({ log }: ConnectorSystem, after: number) {
  const [query] = connectorsView.rows.queries(after, 1_000);
  if (!query) throw new Error('the view reads nothing');
  const { results } = await log.snapshot<[unknown]>([query]);
  return connectorsView.rows
    .encode(results)
    .map(({ text }) => connectorRowSchema.parse({ ...JSON.parse(text), cursor: '', as_of: '' }));
}

test('events are counted where they came from, each once', async () => {
  await using system = await connectorSystem({ isStarted: false });
  const fake = posted(undefined, '","connector":"x"}');
  await system.log.append([added(), posted('x'), posted('x'), posted(undefined), fake, HOOK, posted('unknown')]);
  const [record] = (await system.records()).slice(-1);
  expect(await system.connector('x')).toMatchObject({ events_ingested: 2, channel: 'irc.test:7000 #a #b' });
  const last_event_at = new Date(record?.at ?? 0).toISOString();
  expect(await system.connector('http')).toMatchObject({ events_ingested: 2, liveness: 'live', last_event_at });
  expect(await system.connector('hooks')).toMatchObject({ events_ingested: 1, liveness: 'live', since: last_event_at });
});

test('a repeated message is not counted again', async () => {
  await using system = await connectorSystem({ isStarted: false });
  const message = {
    user: 'u',
    channel: '#a',
    text: 't',
    sent_at: '2026-01-01T00:00:00.000Z',
    id: 'x:1',
    connector: 'x',
  };
  await system.log.append([added()]);
  for (const _ of [1, 2]) await system.log.append([toLogEvent(message)]);
  expect((await system.connector('x')).events_ingested).toBe(1);
});

test('health is what was recorded last; failures are summed', async () => {
  await using system = await connectorSystem({ isStarted: false });
  await system.log.append([
    added(),
    failedEvent({ id: 'x', error: 'one', count: 2 }),
    changedEvent({ id: 'x', liveness: 'reconnecting' }),
    failedEvent({ id: 'x', error: 'two', count: 1 }),
    changedEvent({ id: 'x', liveness: 'live' }),
  ]);
  expect(await system.connector('x')).toMatchObject({ liveness: 'live', provider_failures: 3, last_error: 'two' });
});

test('added again, a connector that is there keeps its counts, and one that was removed begins anew', async () => {
  await using system = await connectorSystem({ isStarted: false });
  await system.log.append([added(), posted('x'), failedEvent({ id: 'x', error: 'e', count: 1 }), added()]);
  expect(await system.connector('x')).toMatchObject({ events_ingested: 1, provider_failures: 1 });
  await system.log.append([removedEvent({ id: 'x' }), posted('x'), added()]);
  const again = await system.connector('x');
  expect(again).toMatchObject({ events_ingested: 0, provider_failures: 0, liveness: 'connecting' });
  expect(again).not.toHaveProperty('last_error');
});

test('the feed has every row at first, then those that changed, and says once that one was removed', async () => {
  await using system = await connectorSystem({ isStarted: false });
  await system.log.append([added('x'), added('y')]);
  const start = system.log.head().seq;
  expect((await rows(system, -1)).map(({ id }) => id)).toEqual(['hooks', 'http', 'x', 'y']);
  await system.log.append([posted('y'), removedEvent({ id: 'x' })]);
  expect(await rows(system, start)).toMatchObject([
    { id: 'x', removed: true },
    { id: 'y', events_ingested: 1 },
  ]);
  expect((await rows(system, -1)).map(({ id }) => id)).toEqual(['hooks', 'http', 'y']);
  expect(await rows(system, system.log.head().seq)).toEqual([]);
});

test('only records that concern connectors cause a read', async () => {
  await using system = await connectorSystem({ isStarted: false });
  await system.log.append([
    added(),
    posted('x'),
    HOOK,
    { type: 'messages.channel_deleted', channel: 'messages', body: '{}' },
  ]);
  expect((await system.records()).map((record) => connectorsView.rows.changedBy(record))).toEqual([
    true,
    true,
    true,
    false,
  ]);
});
