import { expect, test } from 'vitest';
import { ConfigError, readConfig, unknownVariables } from './config.ts';

test('without variables every setting has the default of the contract', () => {
  expect(readConfig({})).toEqual({
    host: '127.0.0.1',
    port: 4_000,
    dataDir: './data',
    allowedOrigins: [],
    trustedNetwork: false,
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

test('origins are a list', () => {
  const { allowedOrigins } = readConfig({ MILLRACE_ALLOWED_ORIGINS: 'https://a.example, http://b.example:8080' });
  expect(allowedOrigins).toEqual(['https://a.example', 'http://b.example:8080']);
});

test.each(['0.0.0.0', '192.168.1.5', 'millrace.example', '::'])('%s is refused without --trusted-network', (host) => {
  expect(() => readConfig({ MILLRACE_HOST: host })).toThrow('--trusted-network');
  expect(readConfig({ MILLRACE_HOST: host, MILLRACE_TRUSTED_NETWORK: '1' }).host).toBe(host);
});

test.each(['127.0.0.1', '127.0.0.7', 'localhost', '::1'])('%s is loopback', (host) => {
  expect(readConfig({ MILLRACE_HOST: host }).host).toBe(host);
});

test('misspelt variables are found', () => {
  expect(unknownVariables({ MILLRACE_PROT: '1', MILLRACE_PORT: '1', PATH: '' })).toEqual(['MILLRACE_PROT']);
});
