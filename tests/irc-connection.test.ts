import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ConnectorSystem, connectorSystem } from '../src/surfaces/messages/connectors/testing/connector-system.ts';
import { startIrcServer } from './support/irc-server.ts';
import { startTalker } from './support/irc-talker.ts';
import { startScriptedIrcServer, welcoming } from './support/scripted-irc-server.ts';

const PATIENCE = { interval: 20 };
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-irc-tls-'));
  chmodSync(folder, 0o755);
  execFileSync(
    'openssl',
    'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost'.split(
      ' ',
    ),
    { cwd: folder, stdio: 'ignore' },
  );
  chmodSync(join(folder, 'key.pem'), 0o644);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function reader(port: number, more: object = {}) {
  return { id: 'test', server: '127.0.0.1', port, nick: 'me', channels: ['#a'], ...more };
}

function becomes(system: ConnectorSystem, expected: object, id = 'test') {
  return expect.poll(() => system.connector(id), PATIENCE).toMatchObject(expected);
}

test('TLS works with a certificate that the CA file vouches for, and with no other', async () => {
  const tls = { certFile: join(folder, 'cert.pem'), keyFile: join(folder, 'key.pem') };
  await using server = await startIrcServer({ tls });
  const secure = { server: 'localhost', port: server.tlsPort, tls: true };
  await using system = await connectorSystem({
    irc: [
      reader(0, { ...secure, ca_file: tls.certFile }),
      reader(0, { ...secure, id: 'unknown', nick: 'unknown' }),
      reader(0, { ...secure, id: 'other-name', nick: 'other', server: '127.0.0.1', ca_file: tls.certFile }),
      reader(0, { ...secure, id: 'no-file', nick: 'nofile', ca_file: join(folder, 'none.pem') }),
    ],
  });
  await becomes(system, { liveness: 'live' });
  using alice = await startTalker(server, 'alice', ['#a']);
  alice.say('#a', 'over TLS');
  await expect.poll(() => system.messages(), PATIENCE).toMatchObject([{ text: 'over TLS', connector: 'test' }]);
  await becomes(system, { liveness: 'reconnecting' }, 'unknown');
  expect((await system.connector('unknown')).last_error).toMatch(/^localhost: .*(?:certificate|self.signed)/i);
  await becomes(system, { liveness: 'reconnecting' }, 'other-name');
  await becomes(system, { liveness: 'reconnecting', last_error: expect.stringContaining('none.pem') }, 'no-file');
  expect(alice.lines.filter((line) => line.includes(' 353 ')).join()).not.toMatch(/unknown|other/);
});

test('a password opens the server, a wrong one is told of, and neither is stored, answered or logged', async () => {
  await using server = await startIrcServer({ password: 'open-sesame' });
  await using system = await connectorSystem({
    irc: [
      reader(server.port, { password: 'open-sesame' }),
      reader(server.port, { id: 'wrong', nick: 'wrong', password: 'close-sesame' }),
    ],
  });
  await becomes(system, { liveness: 'live' });
  await becomes(system, { liveness: 'reconnecting', last_error: expect.stringMatching(/password/i) }, 'wrong');
  const seen = [JSON.stringify(await system.records()), JSON.stringify(await system.connectors()), ...system.lines];
  expect(seen.join()).toContain('wrong');
  expect(seen.join()).not.toContain('sesame');
});

test('Twitch’s anonymous login works by configuration: display names, times and ids come from its tags', async () => {
  await using server = await startScriptedIrcServer((line) => welcoming(line, 'twitch.tv/tags twitch.tv/commands'));
  await using system = await connectorSystem({
    irc: [reader(server.port, { nick: 'justinfan12345', capabilities: ['twitch.tv/tags'] })],
  });
  await becomes(system, { liveness: 'live' });
  expect(server.received).toContain('CAP REQ :twitch.tv/tags');
  expect(server.received).toContain('NICK justinfan12345');
  const tags = 'badge-info=;color=#1E90FF;display-name=Ältere\\sDame;id=b34ccfc7-4977;tmi-sent-ts=1507246572675';
  const line = `@${tags} :dame!dame@dame.tmi.twitch.tv PRIVMSG #a :Kappa Keepo`;
  server.send(line, line, ':plain!plain@twitch PRIVMSG #a :without tags');
  await expect
    .poll(() => system.messages(), PATIENCE)
    .toMatchObject([
      {
        user: 'dame',
        display_name: 'Ältere Dame',
        text: 'Kappa Keepo',
        sent_at: '2017-10-05T23:36:12.675Z',
        id: 'test:b34ccfc7-4977',
      },
      { user: 'plain', text: 'without tags' },
    ]);
  await becomes(system, { events_ingested: 2, provider_failures: 0 });
});

test('server-time and msgid of IRCv3 are asked for and used, and a batch is not kept back', async () => {
  await using server = await startScriptedIrcServer((line) => welcoming(line, 'server-time message-tags batch'));
  await using system = await connectorSystem({ irc: [reader(server.port)] });
  await becomes(system, { liveness: 'live' });
  server.send(
    ':irc.test BATCH +b chathistory #a',
    '@batch=b;time=2026-01-02T03:04:05.678Z;msgid=63E1 :alice!a@b PRIVMSG #a :from the history',
    '@time=+99999999999999-01-01T00:00:00Z;msgid= :alice!a@b PRIVMSG #a :a strange time',
  );
  await expect
    .poll(() => system.messages(), PATIENCE)
    .toMatchObject([
      { text: 'from the history', sent_at: '2026-01-02T03:04:05.678Z', id: 'test:63E1' },
      { text: 'a strange time', sent_at: expect.stringMatching(/^20/) },
    ]);
});

test('messages to a channel’s operators, and the connector’s own, are none', async () => {
  await using server = await startScriptedIrcServer((line) =>
    line.startsWith('USER')
      ? [...welcoming(line), ':irc.test 005 me STATUSMSG=@+ CHANTYPES=# :are supported']
      : welcoming(line),
  );
  await using system = await connectorSystem({ irc: [reader(server.port)] });
  await becomes(system, { liveness: 'live' });
  server.send(
    ':alice!a@b PRIVMSG @#a :for operators',
    ':me!a@b PRIVMSG #a :my own',
    ':irc.test PRIVMSG #a :the server’s',
    ':alice!a@b PRIVMSG #elsewhere :not joined',
    ':alice!a@b PRIVMSG #a :\u0001ACTION was cut',
    ':alice!a@b PRIVMSG #a :end',
  );
  await expect
    .poll(async () => (await system.messages()).map(({ text }) => text), PATIENCE)
    .toEqual(['* alice was cut', 'end']);
});

test('a connection that is silently dead is noticed and made anew', async () => {
  let isDead = false;
  await using server = await startScriptedIrcServer((line) => (isDead ? [] : welcoming(line)));
  await using system = await connectorSystem({
    irc: [reader(server.port)],
    timings: { pingAfterMs: 100, pongWithinMs: 200 },
  });
  await becomes(system, { liveness: 'live' });
  await expect
    .poll(() => server.received.filter((line) => line.startsWith('PING ')).length, PATIENCE)
    .toBeGreaterThan(1);
  expect(server.connections).toBe(1);
  isDead = true;
  await becomes(system, {
    liveness: 'reconnecting',
    last_error: expect.stringContaining('the server has been silent'),
  });
  isDead = false;
  await becomes(system, { liveness: 'live' });
  expect(server.connections).toBe(2);
});

test('a server that never welcomes, one that lets into no channel, and an endless line are all told of', async () => {
  await using mute = await startScriptedIrcServer(() => []);
  await using closed = await startScriptedIrcServer((line) => (line.startsWith('JOIN') ? [] : welcoming(line)));
  await using endless = await startScriptedIrcServer((line) => (line.startsWith('USER') ? ['x'.repeat(20_000)] : []));
  await using system = await connectorSystem({
    irc: [reader(mute.port), reader(closed.port, { id: 'closed' }), reader(endless.port, { id: 'endless' })],
    timings: { registerWithinMs: 200, joinWithinMs: 100 },
  });
  await becomes(system, { liveness: 'reconnecting', last_error: '127.0.0.1: no welcome within 0.2 s' });
  await becomes(system, { liveness: 'connecting', last_error: '#a: no answer to the attempt to join' }, 'closed');
  await becomes(system, { last_error: '127.0.0.1: the server sent a line of over 16384 bytes' }, 'endless');
});

test('many channels are joined no faster than servers like it', async () => {
  await using server = await startScriptedIrcServer((line) => welcoming(line));
  const channels = Array.from({ length: 7 }, (_, number) => `#c${number}`);
  await using system = await connectorSystem({ irc: [reader(server.port, { channels })] });
  await becomes(system, { liveness: 'live' });
  server.send('PING :are you there');
  await expect.poll(() => server.received.some((line) => line.startsWith('PONG')), PATIENCE).toBe(true);
  const joins = () => server.received.filter((line) => line.startsWith('JOIN'));
  expect(joins().length).toBeLessThan(7);
  await expect.poll(joins, PATIENCE).toEqual(channels.map((channel) => `JOIN ${channel}`));
});

test('a channel that refuses is asked for again, and the same refusal is told of once', async () => {
  await using server = await startScriptedIrcServer((line) =>
    line === 'JOIN #closed' ? [':irc.test 473 me #closed :Cannot join channel (+i)'] : welcoming(line),
  );
  await using system = await connectorSystem({
    irc: [reader(server.port, { channels: ['#closed', '#a'] })],
    timings: { joinWithinMs: 50, rejoinAfterMs: 50 },
  });
  const attempts = () => server.received.filter((line) => line === 'JOIN #closed').length;
  await expect.poll(attempts, PATIENCE).toBe(3);
  expect(await system.connector('test')).toMatchObject({
    liveness: 'live',
    provider_failures: 1,
    last_error: '#closed: Cannot join channel (+i)',
  });
  expect(server.received.filter((line) => line === 'JOIN #a')).toHaveLength(1);
});
