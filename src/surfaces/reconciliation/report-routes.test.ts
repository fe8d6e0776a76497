import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REPORT_LIMITS } from './limits.ts';
import { type TestSurface, testSurface } from './testing/test-surface.ts';

const REPORT = { service: 'billing', side: 'actual', counts: { invoices: 9, refunds: 1 } };
const EXPECTED = { ...REPORT, side: 'expected', counts: { invoices: 10, refunds: 1 } };

describe('POST /reconciliation/reports', () => {
  it('answers 202 with the event and its status, which the feed, the latest state and the audit then show', async () => {
    await using surface = await testSurface();
    expect(await surface.report(EXPECTED)).toEqual({ eventId: '1', status: 'stale' });
    const accepted = await surface.report({ ...REPORT, counts: EXPECTED.counts, latencyMs: 42 });
    expect(accepted).toEqual({ eventId: '2', status: 'verified' });
    const { services, cursor } = await surface.latest();
    expect(services).toEqual([
      {
        eventId: '2',
        service: 'billing',
        status: 'verified',
        counts: { invoices: 10, refunds: 1 },
        checksum: createHash('sha256').update('{"invoices":10,"refunds":1}').digest('hex'),
        latencyMs: 42,
        type: 'reconciliation.update',
        at: expect.stringMatching(/^\d{4}-.*Z$/),
        cursor,
        expectedCounts: { invoices: 10, refunds: 1 },
        expectedAt: '2026-01-01T00:00:00.000Z',
        actualAt: '2026-01-01T00:00:00.000Z',
        lastReportAt: '2026-01-01T00:00:00.000Z',
      },
    ]);
    expect((await surface.audit()).data[0]).toEqual(services[0]);
    expect((await surface.messages()).at(-1)).toEqual({ ...services[0], cursor: expect.any(String) });
  });

  it.each([
    ['expected', 'awaiting_actual', {}],
    ['actual', 'awaiting_expected', { invoices: 3 }],
  ])('says stale after the %s side alone, and why: %s', async (side, staleReason, counts) => {
    await using surface = await testSurface();
    await surface.report({ service: 'billing', side, counts: { invoices: 3 } });
    expect((await surface.latest()).services).toMatchObject([{ status: 'stale', staleReason, counts }]);
  });

  it('tells a discrepancy with both sides and the job ids that are missing', async () => {
    await using surface = await testSurface();
    await surface.report({ ...EXPECTED, jobIds: ['a', 'b', 'c', 'b'] });
    const { status } = await surface.report({ ...REPORT, jobIds: ['c', 'x'] });
    expect(status).toBe('discrepancy');
    const [message] = (await surface.messages()).slice(-1);
    expect(message?.discrepancyDetails).toEqual({
      expected: EXPECTED.counts,
      actual: REPORT.counts,
      missingJobIds: ['a', 'b'],
    });
    expect(JSON.stringify(await surface.audit())).not.toContain('jobIds"');
    expect(message).not.toHaveProperty('jobIds');
  });

  it('tells a discrepancy when the counts agree and a job is missing', async () => {
    await using surface = await testSurface();
    await surface.report({ ...EXPECTED, jobIds: ['a'] });
    expect((await surface.report({ ...EXPECTED, side: 'actual', jobIds: ['b'] })).status).toBe('discrepancy');
    expect((await surface.report({ ...EXPECTED, side: 'actual' })).status).toBe('verified');
  });

  it('does not take a key that is absent for a zero', async () => {
    await using surface = await testSurface();
    await surface.report({ service: 's', side: 'expected', counts: { a: 0 } });
    expect((await surface.report({ service: 's', side: 'actual', counts: {} })).status).toBe('discrepancy');
  });

  it('gives the same checksum whatever the order of the keys', async () => {
    await using surface = await testSurface();
    for (const counts of [
      { b: 1, a: 2 },
      { a: 2, b: 1 },
    ]) {
      await surface.report({ service: 's', side: 'actual', counts });
    }
    const [first, second] = await surface.messages();
    expect(first?.checksum).toBe(second?.checksum);
    expect(first?.checksum).toBe(createHash('sha256').update('{"a":2,"b":1}').digest('hex'));
  });

  it('takes the latency from reportedAt when none is given, and never a negative one', async () => {
    await using surface = await testSurface();
    await surface.report({ ...REPORT, reportedAt: '2025-12-31T23:59:59.750Z' });
    await surface.report({ ...REPORT, reportedAt: '2026-01-01T00:00:09' });
    expect((await surface.messages()).map(({ latencyMs }) => latencyMs)).toEqual([250, 0]);
  });

  it('lets two sides that come at once meet, in every one of 100 services', async () => {
    await using surface = await testSurface();
    const answers = await Promise.all(
      Array.from({ length: 100 }, async (_, index) => {
        const service = `s${index}`;
        const sides = index % 2 === 0 ? ['expected', 'actual'] : ['actual', 'expected'];
        return Promise.all(sides.map((side) => surface.report({ service, side, counts: { a: 1 } })));
      }),
    );
    for (const pair of answers) expect(pair.map(({ status }) => status)).toEqual(['stale', 'verified']);
    const { services } = await surface.latest();
    expect(services).toHaveLength(100);
    expect(new Set(services.map(({ status }) => status))).toEqual(new Set(['verified']));
  });

  it('keeps both sides through a restart, also in a projection that is rebuilt', async () => {
    const first = await testSurface();
    await first.report({ ...EXPECTED, jobIds: ['a', 'b'] });
    await first.stop();
    await using second = await testSurface({ folder: first.folder });
    expect((await second.report({ ...REPORT, jobIds: ['b'] })).status).toBe('discrepancy');
    expect((await second.latest()).services[0]?.discrepancyDetails?.missingJobIds).toEqual(['a']);
  });
});

describe('a bad report', () => {
  let surface: TestSurface;
  beforeAll(async () => {
    surface = await testSurface();
  });
  afterAll(() => surface[Symbol.asyncDispose]());

  const keys = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 1]));

  it.each<[string, unknown, string]>([
    ['a missing service', { ...REPORT, service: undefined }, 'service'],
    ['an empty service', { ...REPORT, service: '' }, 'service'],
    ['a service that is a number', { ...REPORT, service: 7 }, 'service'],
    ['a service with control characters', { ...REPORT, service: 'a\u001b[31m' }, 'service'],
    ['a lone surrogate', { ...REPORT, service: 'a\ud800' }, 'service'],
    ["Millrace's own name", { ...REPORT, service: 'millrace/events' }, 'service'],
    ['a missing side', { ...REPORT, side: undefined }, 'side'],
    ['an unknown side', { ...REPORT, side: 'both' }, 'side'],
    ['missing counts', { ...REPORT, counts: undefined }, 'counts'],
    ['counts that are an array', { ...REPORT, counts: [1] }, 'counts'],
    ['counts that are null', { ...REPORT, counts: null }, 'counts'],
    ['a negative count', { ...REPORT, counts: { ok: 1, invoices: -1 } }, 'counts.invoices'],
    ['a count that is text', { ...REPORT, counts: { invoices: '9' } }, 'counts.invoices'],
    ['a count that is null', { ...REPORT, counts: { invoices: null } }, 'counts.invoices'],
    ['a count that is too large', { ...REPORT, counts: { invoices: 1e300 } }, 'counts.invoices'],
    ['an infinite count', '{"service":"s","side":"actual","counts":{"invoices":1e999}}', 'counts.invoices'],
    ['NaN', '{"service":"s","side":"actual","counts":{"ok":1,"invoices":NaN}}', 'counts.invoices'],
    ['Infinity', '{"service":"s","side":"actual","counts":{"invoices": -Infinity }}', 'counts.invoices'],
    ['NaN in a member that nobody knows', '{"service":"s","side":"actual","counts":{},"colour":NaN}', ''],
    ['1,001 keys', { ...REPORT, counts: keys(1_001) }, 'counts'],
    ['10,000 keys', { ...REPORT, counts: keys(10_000) }, 'counts'],
    ['a key that is too long', { ...REPORT, counts: { ['k'.repeat(201)]: 1 } }, `counts.${'k'.repeat(193)}`],
    ['job ids that are no list', { ...REPORT, jobIds: 'a' }, 'jobIds'],
    ['a job id that is a number', { ...REPORT, jobIds: ['a', 1] }, 'jobIds.1'],
    ['too many job ids', { ...REPORT, jobIds: Array.from({ length: 10_001 }, String) }, 'jobIds'],
    ['a negative latency', { ...REPORT, latencyMs: -1 }, 'latencyMs'],
    ['a latency that is text', { ...REPORT, latencyMs: '1' }, 'latencyMs'],
    ['a time that is none', { ...REPORT, reportedAt: 'yesterday' }, 'reportedAt'],
    ['a forbidden key', '{"service":"s","side":"actual","counts":{"__proto__":1}}', ''],
    ['no JSON', '{"service":', ''],
    ['a list', [REPORT], ''],
  ])('is refused for %s, names the member and stores nothing', async (_, report, path) => {
    const response = await surface.post('/reconciliation/reports', report);
    expect(response.status).toBe(400);
    const { error } = (await response.json()) as { error: { code: string; details: { issues: { path: string }[] } } };
    expect(error).toMatchObject({ code: 'invalid_request', message: expect.any(String), traceId: 'trace' });
    expect(error.details.issues.map((issue) => issue.path)).toEqual([path]);
    expect(error).toMatchObject({ message: expect.stringContaining(path) });
    expect(surface.log.head().seq).toBe(0);
  });

  it('is refused with 413 when it is too large and with 415 when it is no JSON', async () => {
    await using small = await testSurface({ maxBytes: 1_000 });
    const large = await small.post('/reconciliation/reports', { ...REPORT, counts: keys(900) });
    expect(large.status).toBe(413);
    const text = await small.request('/reconciliation/reports', { method: 'POST', body: JSON.stringify(REPORT) });
    expect(text.status).toBe(415);
    expect(small.log.head().seq).toBe(0);
  });

  it('is not one with exactly 1,000 keys', async () => {
    await using other = await testSurface();
    expect((await other.report({ ...REPORT, counts: keys(1_000) })).status).toBe('stale');
  });

  it('is one that would make a service too many known; the known ones go on', async () => {
    await using full = await testSurface();
    const names = Array.from({ length: REPORT_LIMITS.services }, (_, index) => `s${index}`);
    for (let start = 0; start < names.length; start += 100) {
      const some = names.slice(start, start + 100);
      await Promise.all(some.map((service) => full.report({ ...REPORT, service })));
    }
    const refused = await full.post('/reconciliation/reports', { ...REPORT, service: 'one more' });
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({ error: { details: { issues: [{ path: 'service' }] } } });
    expect((await full.report({ ...REPORT, service: 's7' })).status).toBe('stale');
  });
});
