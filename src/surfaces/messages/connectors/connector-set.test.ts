import { expect, test } from 'vitest';
import { ManualClock } from '../../../engine/manual-clock.ts';
import { ADDED } from './records.ts';
import { connectorSystem } from './testing/connector-system.ts';

const IRC = { kind: 'irc', id: 'kept', server: '127.0.0.1', port: 1, nick: 'me', channels: ['#a'] };
const HOUR_MS = 60 * 60 * 1_000;
const FILLER = { type: 'test.said', channel: 'test', body: '{}' };

test('the record of a connector is written anew before retention has removed all traces of it', async () => {
  const clock = new ManualClock();
  await using system = await connectorSystem({ clock, retentionEvents: 100 });
  expect((await system.post(IRC)).status).toBe(201);
  const added = async () => (await system.records()).filter(({ type }) => type === ADDED).map(({ seq }) => seq);
  expect(await added()).toHaveLength(1);
  for (let round = 0; round < 4; round += 1) await system.log.append(Array.from({ length: 100 }, () => FILLER));
  await expect.poll(added).toEqual([]);
  clock.advance(HOUR_MS);
  await expect.poll(added).toHaveLength(1);
  const [first] = await added();
  clock.advance(HOUR_MS);
  await system.log.append([FILLER]);
  expect(await added()).toEqual([first]);
  expect((await system.connectors()).map(({ id }) => id)).toEqual(['hooks', 'http', 'kept']);
});

test('a configured connector takes the place of the added one that is the same, and goes when it is no longer configured', async () => {
  const { kind: _, id: __, ...same } = IRC;
  const ids = async (system: Awaited<ReturnType<typeof connectorSystem>>) =>
    (await system.connectors()).map(({ id }) => id);
  await using first = await connectorSystem();
  await first.post(IRC);
  await first.stop();
  await using second = await connectorSystem({
    folder: first.folder,
    irc: [{ ...same, id: 'fixed', password: 'secret' }],
  });
  await expect.poll(() => ids(second)).toEqual(['hooks', 'http', 'fixed']);
  await second.stop();
  await using third = await connectorSystem({ folder: first.folder });
  await expect.poll(() => ids(third)).toEqual(['hooks', 'http']);
  expect(JSON.stringify(await third.records())).not.toContain('secret');
});
