import { expect, test } from 'vitest';
import { ConfigError, readConfig, unknownVariables } from './config.ts';

test('without variables every setting has the default of the contract', () => {
  expect(readConfig({})).toEqual({
    host: '127.0.0.1',
    port: 4_000,
    dataDir: './data',
    allowedOrigins: [],
    trustedNetwork: false,
    jwtSecret: undefined,
    jwksFile: undefined,
    jwtIssuer: undefined,
    jwtAudience: undefined,
    maxConnectionsPerUser: 5,
    maxConnectionsPerProject: 50,
    maxConnections: undefined,
    wsPingMs: 30_000,
    wsPongTimeoutMs: 10_000,
    sseHeartbeatMs: 15_000,
    staleAfterMs: 15_000,
    selfCheckMs: 5_000,
    retentionDays: 30,
    retentionEvents: 10_000_000,
    retentionMb: 4_096,
    ingestMaxBytes: 1_048_576,
    ingestQueue: 10_000,
    alertRules: [],
    irc: [],
    validatorLimitMs: 60_000,
    logLevel: 'info',
  });
});

test('an empty variable counts as not set', () => {
  expect(readConfig({ MILLRACE_PORT: '' }).port).toBe(4_000);
});

test.each([
  ['MILLRACE_PORT', '65536', 'a whole number from 0 to 65535'],
  ['MILLRACE_PORT', 'http', 'a whole number from 0 to 65535'],
  ['MILLRACE_PORT', '-1', 'a whole number from 0 to 65535'],
  ['MILLRACE_PORT', '4e3', 'a whole number from 0 to 65535'],
  ['MILLRACE_WS_PING_MS', '1.5', 'a whole number of milliseconds from 10 to 86400000'],
  ['MILLRACE_STALE_AFTER_MS', '999', 'a whole number of milliseconds from 1000 to 86400000'],
  ['MILLRACE_SELF_CHECK_MS', '99', '0 or a whole number of milliseconds from 100 to 86400000'],
  ['MILLRACE_LOG_LEVEL', 'loud', 'trace, debug, info, warn, error, fatal or silent'],
  ['MILLRACE_ALLOWED_ORIGINS', 'https://a.example/path', 'a comma-separated list of origins such as'],
  ['MILLRACE_RETENTION_EVENTS', '0', 'a whole number of at least 1'],
])('%s=%s is refused in one line that names variable, value and what is allowed', (variable, value, allowed) => {
  const read = () => readConfig({ [variable]: value });
  expect(read).toThrow(ConfigError);
  expect(read).toThrow(`${variable} is "${value}": it must be ${allowed}`);
});

test('a secret that is too short is refused without being shown', () => {
  const read = () => readConfig({ MILLRACE_JWT_SECRET: 'hunter2' });
  expect(read).toThrow('MILLRACE_JWT_SECRET is "hidden": it is too short; it must be at least 32 bytes');
});

test('origins are a list', () => {
  const { allowedOrigins } = readConfig({ MILLRACE_ALLOWED_ORIGINS: 'https://a.example, http://b.example:8080' });
  expect(allowedOrigins).toEqual(['https://a.example', 'http://b.example:8080']);
});

test.each(['0.0.0.0', '192.168.1.5', 'millrace.example', '::'])('%s is refused without --trusted-network', (host) => {
  expect(() => readConfig({ MILLRACE_HOST: host })).toThrow('--trusted-network');
  expect(readConfig({ MILLRACE_HOST: host, MILLRACE_TRUSTED_NETWORK: '1' }).host).toBe(host);
});

test('an address other than loopback is served with a key for tokens', () => {
  expect(readConfig({ MILLRACE_HOST: '0.0.0.0', MILLRACE_JWT_SECRET: 'x'.repeat(32) }).host).toBe('0.0.0.0');
  expect(readConfig({ MILLRACE_HOST: '0.0.0.0', MILLRACE_JWKS_FILE: 'keys.json' }).host).toBe('0.0.0.0');
});

test('a secret and public keys together are refused', () => {
  const both = { MILLRACE_JWT_SECRET: 'x'.repeat(32), MILLRACE_JWKS_FILE: 'keys.json' };
  expect(() => readConfig(both)).toThrow('both set');
});

test.each(['127.0.0.1', '127.0.0.7', 'localhost', '::1'])('%s is loopback', (host) => {
  expect(readConfig({ MILLRACE_HOST: host }).host).toBe(host);
});

test('misspelt variables are found', () => {
  expect(unknownVariables({ MILLRACE_PROT: '1', MILLRACE_PORT: '1', PATH: '' })).toEqual(['MILLRACE_PROT']);
});

test('IRC connectors are read from JSON, with the usual ports', () => {
  const text =
    '[{"server":"irc.libera.chat","tls":true,"nick":"me","channels":["#A","#a","#b"],"password":"p w"},{"id":"two","server":"::1","nick":"me","channels":["#x"]}]';
  expect(readConfig({ MILLRACE_IRC: text }).irc).toMatchObject([
    { server: 'irc.libera.chat', port: 6_697, tls: true, channels: ['#a', '#b'], password: 'p w', other_nicks: [] },
    { id: 'two', server: '::1', port: 6_667, tls: false },
  ]);
});

const IRC = { server: 'irc.test', nick: 'me', channels: ['#a'] };

test.each([
  ['not json', 'it is not JSON'],
  [JSON.stringify(IRC), 'expected array'],
  [JSON.stringify([{ ...IRC, nick: undefined }]), '0.nick: is required'],
  [JSON.stringify([{ ...IRC, nick: 'two words' }]), '0.nick: must be a nick'],
  [JSON.stringify([{ ...IRC, channels: [] }]), '0.channels: '],
  [JSON.stringify([{ ...IRC, channels: ['#a,#b'] }]), '0.channels.0: must be a channel'],
  [JSON.stringify([{ ...IRC, port: 0 }]), '0.port: '],
  [JSON.stringify([{ ...IRC, server: 'irc.test\r\nQUIT' }]), '0.server: '],
  [JSON.stringify([{ ...IRC, id: 'http' }]), '0.id: is taken'],
  [JSON.stringify([{ ...IRC, id: 'Ä' }]), '0.id: must be 1 to 64'],
  [JSON.stringify([IRC, { ...IRC, id: 'b', nick: 'ME' }]), 'the same server, nick and channels'],
  [
    JSON.stringify([
      { ...IRC, id: 'a' },
      { ...IRC, id: 'a', nick: 'b' },
    ]),
    'the same id',
  ],
])('MILLRACE_IRC=%s is refused with what is wrong in it', (value, reason) => {
  const read = () => readConfig({ MILLRACE_IRC: value });
  expect(read).toThrow(ConfigError);
  expect(read).toThrow(reason);
  expect(read).toThrow(
    /^MILLRACE_IRC is ".*: it must be a JSON array such as|^MILLRACE_IRC is ".*; it must be a JSON array/,
  );
  expect(read).not.toThrow('\n');
});

test.each([
  JSON.stringify([{ ...IRC, port: 0, password: 'hunter2' }]),
  JSON.stringify([{ ...IRC, passwort: 'hunter2' }]),
  JSON.stringify([{ ...IRC, password: ['hunter2'] }]),
  '[{"server":"irc.test","password":"hunter2",}]',
  "[{'password': 'hunter2'}]",
  'password=hunter2',
])('a refused MILLRACE_IRC never shows a password: %s', (value) => {
  const read = () => readConfig({ MILLRACE_IRC: value });
  expect(read).toThrow('***');
  expect(read).not.toThrow('hunter2');
});

test('a validator is a program with its arguments', () => {
  const text = '["openspec","validate","--strict","{json}","--","{id}"]';
  expect(readConfig({ MILLRACE_VALIDATOR: text }).validator).toEqual(JSON.parse(text));
});

test.each(['openspec validate', '"openspec"', '[]', '[""]', '[1]', '{"program":"openspec"}', '["a\\u0000b"]'])(
  'MILLRACE_VALIDATOR=%s is refused',
  (value) => {
    expect(() => readConfig({ MILLRACE_VALIDATOR: value })).toThrow(/^MILLRACE_VALIDATOR is .*a JSON array/);
  },
);

test.each(['localhost:11434', 'file:///etc/passwd', 'javascript:alert(1)'])(
  'MILLRACE_MODEL_BASE_URL=%s is refused',
  (value) => {
    expect(() => readConfig({ MILLRACE_MODEL_BASE_URL: value })).toThrow(/^MILLRACE_MODEL_BASE_URL is /);
  },
);

test('rules for alerts are read from JSON', () => {
  const text = '[{"code":"stopped","when":[{"type":"t.stopped"}],"window_s":60,"count":2}]';
  expect(readConfig({ MILLRACE_ALERT_RULES: text }).alertRules).toMatchObject([
    { kind: 'event', code: 'stopped', severity: 'warning', count: 2, windowMs: 60_000 },
  ]);
});

test.each([
  ['[', 'it is not JSON'],
  ['{}', 'expected array'],
  ['[{"code":"a"}]', '0.when: is required'],
  ['[{"code":"client-errors","when":[{"type":"t.t"}]}]', '0.code: is the code of a built-in rule'],
])('MILLRACE_ALERT_RULES=%s is refused with what is wrong in it', (value, reason) => {
  const read = () => readConfig({ MILLRACE_ALERT_RULES: value });
  expect(read).toThrow(ConfigError);
  expect(read).toThrow(reason);
  expect(read).toThrow(/^MILLRACE_ALERT_RULES is ".*; it must be a JSON array such as/);
  expect(read).not.toThrow('\n');
});
