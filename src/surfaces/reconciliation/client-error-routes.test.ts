import { expect, it } from 'vitest';
import { testSurface } from './testing/test-surface.ts';

const ERROR = {
  message: 'x is undefined',
  stack: 'TypeError: x is undefined\n  at page.tsx:1',
  componentStack: 'at Page',
  url: 'http://127.0.0.1:4000/events?token=secret#top',
};

it('answers 202, writes one line and one entry in the audit, without the query of the address', async () => {
  await using surface = await testSurface();
  const response = await surface.post('/audit/client-error', ERROR, '192.0.2.7');
  expect(response.status).toBe(202);
  expect(await response.json()).toEqual({ eventId: '1' });
  const url = 'http://127.0.0.1:4000/events';
  const { data, meta } = await surface.audit();
  expect(data).toEqual([
    { ...ERROR, url, eventId: '1', type: 'client.error', at: expect.any(String), cursor: expect.any(String) },
  ]);
  expect(meta.total).toBe(1);
  expect(surface.lines.map((line) => JSON.parse(line))).toMatchObject([
    { eventId: '1', address: '192.0.2.7', url, clientError: 'x is undefined', msg: 'a dashboard met an error' },
  ]);
  expect(surface.lines.join('')).not.toContain('secret');
  expect(await surface.messages()).toEqual([]);
});

it('takes a message alone, and cuts what is long', async () => {
  await using surface = await testSurface();
  const long = { message: 'm'.repeat(5_000), stack: 's'.repeat(9_000), componentStack: null };
  expect((await surface.post('/audit/client-error', long)).status).toBe(202);
  const [entry] = (await surface.audit()).data;
  expect(entry).toMatchObject({ message: 'm'.repeat(1_000), stack: 's'.repeat(8_000) });
  expect(entry).not.toHaveProperty('componentStack');
});

it.each([
  ['without a message', {}, 400],
  ['with an empty message', { message: ' ' }, 400],
  ['with a message that is no text', { message: 7 }, 400],
  ['that is too large', { message: 'm', stack: 's'.repeat(70_000) }, 413],
])('refuses an error %s', async (_, error, status) => {
  await using surface = await testSurface();
  expect((await surface.post('/audit/client-error', error)).status).toBe(status);
  expect(surface.log.head().seq).toBe(0);
  expect(surface.lines).toEqual([]);
});

it('hears one address ten times, then answers 429 with Retry-After, and hears others', async () => {
  await using surface = await testSurface();
  const send = async (address: string) => surface.post('/audit/client-error', ERROR, address);
  for (let round = 0; round < 10; round += 1) expect((await send('192.0.2.1')).status).toBe(202);
  const refused = await send('192.0.2.1');
  expect(refused.status).toBe(429);
  expect(refused.headers.get('retry-after')).toBe('10');
  expect((await send('192.0.2.2')).status).toBe(202);
  surface.clock.advance(10_000);
  expect((await send('192.0.2.1')).status).toBe(202);
  expect(surface.log.head().seq).toBe(12);
});
