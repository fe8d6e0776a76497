import { expect, test } from 'vitest';
import { IngestGate } from '../src/engine/ingest-gate.ts';
import type { Log } from '../src/engine/log/log.ts';
import { MillraceError } from '../src/protocol/errors.ts';
import { type ConnectorSystem, connectorSystem } from '../src/surfaces/messages/connectors/testing/connector-system.ts';
import { startFaultProxy } from './support/fault-proxy.ts';
import { type IrcServer, startIrcServer } from './support/irc-server.ts';
import { startTalker } from './support/irc-talker.ts';

const PATIENCE = { interval: 20 };

function reader({ port }: IrcServer, more: object = {}) {
  return { id: 'test', server: '127.0.0.1', port, nick: 'reader', channels: ['#a'], ...more };
}

function becomes(system: ConnectorSystem, expected: object, id = 'test') {
  return expect.poll(() => system.connector(id), PATIENCE).toMatchObject(expected);
}

function texts(system: ConnectorSystem) {
  return expect.poll(async () => (await system.messages()).map(({ text }) => text), PATIENCE);
}

test('what several people say in several channels is stored in order, each under the name and the channel it belongs to', async () => {
  await using server = await startIrcServer();
  await using system = await connectorSystem({ irc: [reader(server, { channels: ['#a', '#Other'] })] });
  await becomes(system, { liveness: 'live' });
  using alice = await startTalker(server, 'alice', ['#a', '#other']);
  using bob = await startTalker(server, 'Bob', ['#a']);
  const before = Date.now();
  // Live from the first channel on: the second may still be on its way.
  await alice.next((line) => /(?: 353 .*#other.*reader)|(?:^:reader!.* JOIN :?#other$)/i.test(line));
  for (const number of [1, 2, 3]) {
    alice.say('#A', `alice ${number}`);
    await alice.settle();
    bob.say('#a', `bob ${number}`);
    await bob.settle();
  }
  alice.say('#other', 'elsewhere');
  await texts(system).toEqual(['alice 1', 'bob 1', 'alice 2', 'bob 2', 'alice 3', 'bob 3', 'elsewhere']);
  const messages = await system.messages();
  expect(messages[0]).toMatchObject({ user: 'alice', channel: '#a', connector: 'test' });
  expect(messages[1]).toMatchObject({ user: 'Bob', channel: '#a' });
  expect(messages[6]).toMatchObject({ user: 'alice', channel: '#Other' });
  const sentAt = messages.map(({ sent_at: at }) => Date.parse(at));
  expect(sentAt.every((at) => at >= before && at <= Date.now())).toBe(true);
  await becomes(system, { events_ingested: 7, provider_failures: 0, channel: `127.0.0.1:${server.port} #a #Other` });
});

test('text comes without colours and control codes, with UTF-8 whole and other bytes replaced', async () => {
  await using server = await startIrcServer();
  await using system = await connectorSystem({ irc: [reader(server)] });
  await becomes(system, { liveness: 'live' });
  using alice = await startTalker(server, 'alice', ['#a']);
  alice.say(
    '#a',
    '\u0002bold\u0002 \u00034,12red\u0003 \u0003\u001fplain\u001f \u000304green\u000f \u0016x\u0016 \u0004ff0000hex',
  );
  alice.say('#a', '\u00033\u0002\u000f');
  alice.say('#a', 'Grüße, 世界, 👩‍👩‍👧 \u202eabc');
  alice.send(
    Buffer.concat([Buffer.from('PRIVMSG #a :caf'), Buffer.from([0xe9]), Buffer.from(' ol'), Buffer.from([0xc3, 0x28])]),
  );
  alice.say('#a', '\u0001ACTION waves \u0002wildly\u0002\u0001');
  alice.say('#a', '\u0001VERSION\u0001');
  alice.send('NOTICE #a :a notice', 'PRIVMSG reader :private', 'PRIVMSG #a :end');
  await texts(system).toEqual([
    'bold red plain green x hex',
    'Grüße, 世界, 👩‍👩‍👧 \u202eabc',
    'caf\ufffd ol\ufffd(',
    '* alice waves wildly',
    'end',
  ]);
});

test('a line of 512 bytes arrives whole', async () => {
  await using server = await startIrcServer();
  await using system = await connectorSystem({ irc: [reader(server)] });
  await becomes(system, { liveness: 'live' });
  using alice = await startTalker(server, 'alice', ['#a']);
  using bob = await startTalker(server, 'bob', ['#a']);
  const prefix = ':alice!~alice@127.0.0.1 PRIVMSG #a :';
  const full = 'x'.repeat(510 - prefix.length);
  alice.say('#a', full);
  alice.say('#a', 'after');
  const relayed = await bob.next((line) => line.includes('xxx'));
  expect(Buffer.byteLength(relayed) + 2).toBeLessThanOrEqual(512);
  expect(Buffer.byteLength(relayed) + 2).toBeGreaterThanOrEqual(510);
  await texts(system).toEqual([relayed.slice(relayed.indexOf(' :') + 2), 'after']);
});

test('after a nick change the messages are the new nick’s', async () => {
  await using server = await startIrcServer();
  await using system = await connectorSystem({ irc: [reader(server)] });
  await becomes(system, { liveness: 'live' });
  using alice = await startTalker(server, 'alice', ['#a']);
  alice.say('#a', 'one');
  alice.send('NICK alicia');
  alice.say('#a', 'two');
  await texts(system).toEqual(['one', 'two']);
  expect((await system.messages()).map(({ user }) => user)).toEqual(['alice', 'alicia']);
});

test('a nick in use is replaced by the others of the settings, then by made-up ones', async () => {
  await using server = await startIrcServer();
  using _reader = await startTalker(server, 'reader');
  await using system = await connectorSystem({
    irc: [
      reader(server, { other_nicks: ['second'] }),
      reader(server, { id: 'two', other_nicks: ['second'], channels: ['#b'] }),
    ],
  });
  await becomes(system, { liveness: 'live' });
  await becomes(system, { liveness: 'live', provider_failures: 0 }, 'two');
  using alice = await startTalker(server, 'alice', ['#a', '#b']);
  const names = alice.lines.filter((line) => line.includes(' 353 ')).join(' ');
  expect(names).toContain('second');
  expect(names).toContain('reader_');
});

test('a channel that refuses is told of in the row, and the others go on', async () => {
  await using server = await startIrcServer({ closedChannels: ['#closed'] });
  await using system = await connectorSystem({ irc: [reader(server, { channels: ['#closed', '#a', '!none'] })] });
  await becomes(system, { liveness: 'live', provider_failures: 2 });
  const failures = (await system.records()).filter(({ type }) => type.endsWith('_failed')).map(({ body }) => body);
  expect(failures.join()).toMatch(/#closed: .*\+i/);
  expect((await system.connector('test')).last_error).toMatch(/^(?:#closed|!none): /);
  using alice = await startTalker(server, 'alice', ['#a']);
  alice.say('#a', 'still here');
  await texts(system).toEqual(['still here']);
});

test('a connector that is in no channel is not live', async () => {
  await using server = await startIrcServer({ closedChannels: ['#closed'] });
  await using system = await connectorSystem({ irc: [reader(server, { channels: ['#closed'] })] });
  await becomes(system, { liveness: 'connecting', provider_failures: 1 });
});

test('a kick is told of, and the channel is joined again', async () => {
  await using server = await startIrcServer();
  using alice = await startTalker(server, 'alice', ['#a']);
  await using system = await connectorSystem({ irc: [reader(server)], timings: { joinWithinMs: 300 } });
  await becomes(system, { liveness: 'live' });
  alice.send('KICK #a reader :out');
  await becomes(system, { provider_failures: 1, last_error: '#a: kicked by alice: out' });
  await becomes(system, { liveness: 'live' });
});

test('a server that restarts is reconnected to, its channels are joined again, and counting goes on', async () => {
  await using server = await startIrcServer();
  await using system = await connectorSystem({ irc: [reader(server)] });
  await becomes(system, { liveness: 'live' });
  using alice = await startTalker(server, 'alice', ['#a']);
  alice.say('#a', 'before');
  await texts(system).toEqual(['before']);
  await server.stop();
  await becomes(system, { liveness: 'reconnecting', events_ingested: 1, provider_failures: 1 });
  expect((await system.connector('test')).last_error).toMatch(/^127\.0\.0\.1: /);
  await server.start();
  await becomes(system, { liveness: 'live' });
  using again = await startTalker(server, 'alice', ['#a']);
  again.say('#a', 'after');
  await texts(system).toEqual(['before', 'after']);
  await becomes(system, { liveness: 'live', events_ingested: 2 });
});

test('a netsplit takes the other side’s messages away while it lasts, and nothing else', async () => {
  await using near = await startIrcServer({ name: 'near.irc.test', peer: 'far.irc.test' });
  await using link = await startFaultProxy(near.port);
  await using far = await startIrcServer({ name: 'far.irc.test', linkTo: { name: near.name, port: link.port } });
  await using system = await connectorSystem({ irc: [reader(near)] });
  await becomes(system, { liveness: 'live' });
  using local = await startTalker(near, 'local', ['#a']);
  using remote = await startTalker(far, 'remote', ['#a']);
  const seen = (command: string) =>
    local.lines.filter((line) => line.startsWith(':remote!') && line.includes(` ${command} `)).length;
  // Whichever of them was there first, one learns of the other when the servers meet.
  await local.next((line) => /^:remote!.* JOIN |^:\S+ 353 .*remote/.test(line));
  const joinsBefore = seen('JOIN');
  remote.say('#a', 'across');
  await texts(system).toEqual(['across']);
  link.cut();
  await expect.poll(() => seen('QUIT'), PATIENCE).toBe(1);
  remote.say('#a', 'on the other side');
  local.say('#a', 'during the split');
  await texts(system).toEqual(['across', 'during the split']);
  // ngircd takes some ten seconds to link again.
  await expect.poll(() => seen('JOIN'), PATIENCE).toBe(joinsBefore + 1);
  remote.say('#a', 'together again');
  await texts(system).toEqual(['across', 'during the split', 'together again']);
  await becomes(system, { liveness: 'live', provider_failures: 0, events_ingested: 3 });
});

test('a burst of 2,000 lines is stored once each, in order, while the log refuses for a while', async () => {
  await using server = await startIrcServer();
  let isRefusing = false;
  let refused = 0;
  await using system = await connectorSystem({
    irc: [reader(server)],
    wrapLog: (log) => refuseWhen(log, () => isRefusing && ++refused > 0),
  });
  await becomes(system, { liveness: 'live' });
  using alice = await startTalker(server, 'alice', ['#a']);
  alice.say('#a', 'line 0');
  await texts(system).toHaveLength(1);
  isRefusing = true;
  for (let number = 1; number < 2_000; number += 1) alice.say('#a', `line ${number}`);
  await alice.settle();
  await expect.poll(() => refused, PATIENCE).toBeGreaterThan(2);
  expect(await system.messages()).toHaveLength(1);
  isRefusing = false;
  await texts(system).toHaveLength(2_000);
  expect((await system.messages()).map(({ text }) => text)).toEqual(
    Array.from({ length: 2_000 }, (_, n) => `line ${n}`),
  );
  await becomes(system, { events_ingested: 2_000, provider_failures: 0 });
});

test('messages beyond what may wait are lost with a count and a reason', async () => {
  await using server = await startIrcServer();
  let isRefusing = false;
  await using system = await connectorSystem({
    irc: [reader(server)],
    maxWaiting: 10,
    wrapLog: (log) => refuseWhen(log, () => isRefusing),
  });
  await becomes(system, { liveness: 'live' });
  using alice = await startTalker(server, 'alice', ['#a']);
  isRefusing = true;
  for (let number = 0; number < 30; number += 1) alice.say('#a', `line ${number}`);
  await expect.poll(() => system.lines.filter((line) => line.includes('a message was lost')).length, PATIENCE).toBe(20);
  isRefusing = false;
  await becomes(system, {
    events_ingested: 10,
    provider_failures: 20,
    last_error: 'a message was lost: 10 messages wait for the log already',
  });
  expect((await system.messages()).map(({ text }) => text)).toEqual(Array.from({ length: 10 }, (_, n) => `line ${n}`));
});

test('what waits for the log is stored at the end', async () => {
  await using server = await startIrcServer();
  let isRefusing = false;
  await using system = await connectorSystem({
    irc: [reader(server)],
    wrapLog: (log) => refuseWhen(log, () => isRefusing),
  });
  await becomes(system, { liveness: 'live' });
  using alice = await startTalker(server, 'alice', ['#a']);
  isRefusing = true;
  alice.say('#a', 'the last word');
  await alice.settle();
  alice.send('PART #a');
  await alice.settle();
  isRefusing = false;
  await system.stop();
  await using again = await connectorSystem({ folder: system.folder, isStarted: false });
  expect((await again.messages()).map(({ text }) => text)).toEqual(['the last word']);
});

/** The log, except that it is full whenever it is said to be. */
function refuseWhen(log: Log, isRefusing: () => boolean): Log {
  return new Proxy(log, {
    get(target, member) {
      if (member === 'append' && isRefusing()) {
        return async () => {
          throw new MillraceError('too_many_requests', 'full', { retryAfterS: 1 });
        };
      }
      const value = Reflect.get(target, member);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

test('while ingestion is paused a connector is not connected, says so and stores nothing; then it goes on', async () => {
  await using server = await startIrcServer();
  const ingestGate = new IngestGate();
  await using system = await connectorSystem({ irc: [reader(server)], ingestGate });
  await becomes(system, { liveness: 'live' });
  using alice = await startTalker(server, 'alice', ['#a']);
  alice.say('#a', 'before');
  await texts(system).toEqual(['before']);
  ingestGate.set(false);
  await alice.next((line) => /^:reader!.* QUIT/.test(line));
  await becomes(system, { liveness: 'paused' });
  alice.say('#a', 'meanwhile');
  await alice.settle();
  ingestGate.set(true);
  await becomes(system, { liveness: 'live' });
  alice.say('#a', 'after');
  await texts(system).toEqual(['before', 'after']);
  await becomes(system, { provider_failures: 0 });
});

test('a connector that is started while ingestion is paused waits until it goes on', async () => {
  await using server = await startIrcServer();
  const ingestGate = new IngestGate();
  ingestGate.set(false);
  await using system = await connectorSystem({ irc: [reader(server)], ingestGate });
  await becomes(system, { liveness: 'paused' });
  ingestGate.set(true);
  await becomes(system, { liveness: 'live' });
});
