import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatCursor } from '../../protocol/cursor.ts';
import { type TestSurface, testSurface } from './testing/test-surface.ts';

describe('GET /reconciliation/latest', () => {
  it('is empty at first, with the position it is as of', async () => {
    await using surface = await testSurface();
    expect(await surface.latest()).toEqual({ services: [], cursor: formatCursor(surface.log.head()) });
  });

  it('gives the latest update of every service by name, as of one position', async () => {
    await using surface = await testSurface();
    for (const service of ['b', 'a', 'b']) await surface.report({ service, side: 'actual', counts: { n: 1 } });
    const { services, cursor } = await surface.latest();
    expect(services.map(({ service, eventId }) => [service, eventId])).toEqual([
      ['a', '2'],
      ['b', '3'],
    ]);
    expect(cursor).toBe(formatCursor(surface.log.head()));
    expect(services[1]?.cursor).toBe(cursor);
  });
});

describe('GET /reconciliation/audit', () => {
  let surface: TestSurface;
  let between: string;

  beforeAll(async () => {
    surface = await testSurface({ isStarted: false });
    for (let n = 1; n <= 5; n += 1) {
      await surface.report({ service: 'a', side: 'expected', counts: { n } });
      await surface.report({ service: 'a', side: 'actual', counts: { n: n % 2 === 0 ? n : 0 } });
    }
    const [newest] = (await surface.audit()).data;
    between = newest?.at ?? '';
    // Until the writer's clock has moved on by a millisecond: the two halves differ in time.
    while (Date.now() <= Date.parse(between)) await new Promise(setImmediate);
    await surface.report({ service: 'b', side: 'actual', counts: { n: 1 } });
    await surface.post('/audit/client-error', { message: 'oops' });
  });
  afterAll(() => surface[Symbol.asyncDispose]());

  const ids = async (query: string) => (await surface.audit(query)).data.map(({ eventId }) => Number(eventId));

  it('gives the newest first, page by page', async () => {
    expect(await surface.audit()).toMatchObject({ meta: { page: 1, limit: 50, total: 12, totalPages: 1 } });
    expect(await ids('?limit=5')).toEqual([12, 11, 10, 9, 8]);
    expect(await ids('?limit=5&page=3')).toEqual([2, 1]);
    expect((await surface.audit('?limit=5&page=3')).meta).toEqual({ page: 3, limit: 5, total: 12, totalPages: 3 });
    expect(await ids('?limit=5&page=4')).toEqual([]);
    expect((await surface.audit()).cursor).toBe(formatCursor(surface.log.head()));
  });

  it('filters by service, status and time', async () => {
    expect(await ids('?service=b')).toEqual([11]);
    expect(await ids('?status=verified')).toEqual([8, 4]);
    expect(await ids('?service=a&status=stale')).toEqual([1]);
    expect(await ids('?service=nobody')).toEqual([]);
    expect((await surface.audit('?status=discrepancy&limit=2')).meta).toMatchObject({ total: 7, totalPages: 4 });
    const after = new Date(Date.parse(between) + 1).toISOString();
    expect(await ids(`?from=${after}`)).toEqual([12, 11]);
    expect(await ids(`?to=${between}&limit=1`)).toEqual([10]);
    expect(await ids(`?from=${after}&to=${between}`)).toEqual([]);
  });

  it('takes an empty parameter for one that is not set', async () => {
    expect((await surface.audit('?service=&status=&from=&to=')).meta.total).toBe(12);
  });

  it.each([
    ['page', '0'],
    ['page', '-1'],
    ['page', 'two'],
    ['page', '1.5'],
    ['limit', '0'],
    ['limit', '501'],
    ['limit', '1e2'],
    ['status', 'fine'],
    ['from', 'yesterday'],
    ['to', '2026-13-01T00:00:00Z'],
    ['service', 'x'.repeat(201)],
  ])('refuses %s=%s and names it', async (parameter, value) => {
    const response = await surface.request(`/reconciliation/audit?${parameter}=${value}`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: { code: 'invalid_request', message: expect.stringContaining(parameter), traceId: 'trace' },
    });
  });
});
