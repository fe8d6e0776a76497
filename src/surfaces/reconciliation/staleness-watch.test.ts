import { describe, expect, it } from 'vitest';
import { MillraceError } from '../../protocol/errors.ts';
import { type TestSurface, testSurface } from './testing/test-surface.ts';

const REPORT = { service: 'billing', side: 'actual', counts: { invoices: 9 } };
const EXPECTED = { ...REPORT, side: 'expected' };

/** Statuses of the messages so far, with the reason. */
async function seen(surface: TestSurface) {
  return (await surface.messages()).map(({ status, staleReason }) => staleReason ?? status);
}

/** Moves the clock only when what was recorded has been seen by the watch: it reads the log on its own. */
async function pass(surface: TestSurface, ms: number) {
  await surface.settle();
  surface.clock.advance(ms);
}

describe('a service that sends no report', () => {
  it('is stale after 15 s, once, with the numbers as they were', async () => {
    await using surface = await testSurface();
    await surface.report(EXPECTED);
    await surface.report(REPORT);
    await pass(surface, 14_999);
    expect(await seen(surface)).toEqual(['awaiting_actual', 'verified']);
    await pass(surface, 1);
    await surface.settle();
    expect(await seen(surface)).toEqual(['awaiting_actual', 'verified', 'no_report']);
    const [service] = (await surface.latest()).services;
    expect(service).toMatchObject({ status: 'stale', counts: { invoices: 9 }, expectedCounts: { invoices: 9 } });
    expect(service?.lastReportAt).toBe('2026-01-01T00:00:00.000Z');
    await pass(surface, 100_000);
    await surface.settle();
    expect(await seen(surface)).toHaveLength(3);
  });

  it('is not stale while reports come, and is judged anew when they come again', async () => {
    await using surface = await testSurface();
    await surface.report(EXPECTED);
    for (let round = 0; round < 4; round += 1) {
      await surface.report(REPORT);
      await pass(surface, 14_000);
    }
    await surface.settle();
    expect(await seen(surface)).toEqual(['awaiting_actual', ...Array.from({ length: 4 }, () => 'verified')]);
    await pass(surface, 1_000);
    await surface.settle();
    expect((await seen(surface)).at(-1)).toBe('no_report');
    expect((await surface.report(REPORT)).status).toBe('verified');
  });

  it('drops the details of a discrepancy, but not the numbers', async () => {
    await using surface = await testSurface();
    await surface.report({ ...EXPECTED, counts: { invoices: 10 } });
    await surface.report(REPORT);
    await pass(surface, 15_000);
    await surface.settle();
    expect((await seen(surface)).at(-1)).toBe('no_report');
    const [service] = (await surface.latest()).services;
    expect(service).not.toHaveProperty('discrepancyDetails');
    expect(service).toMatchObject({ counts: { invoices: 9 }, expectedCounts: { invoices: 10 } });
  });

  it('has its own deadline', async () => {
    await using surface = await testSurface();
    await surface.report({ ...REPORT, service: 'a' });
    await pass(surface, 5_000);
    await surface.report({ ...REPORT, service: 'b' });
    await pass(surface, 10_000);
    const silent = async () =>
      (await surface.latest()).services.filter(({ staleReason }) => staleReason === 'no_report');
    await surface.settle();
    expect((await silent()).map(({ service }) => service)).toEqual(['a']);
    await pass(surface, 5_000);
    await surface.settle();
    expect((await silent()).map(({ service }) => service)).toEqual(['a', 'b']);
  });

  it('is stale right after a restart when its time ran out meanwhile, and later when it did not', async () => {
    const first = await testSurface();
    const { clock } = first;
    await first.report({ ...REPORT, service: 'long ago' });
    clock.advance(10_000);
    await first.report({ ...REPORT, service: 'lately' });
    await first.stop();
    clock.spend(5_000);
    await using second = await testSurface({ folder: first.folder, clock });
    const silent = async () =>
      (await second.latest()).services.flatMap((one) => (one.staleReason === 'no_report' ? [one.service] : []));
    await pass(second, 0);
    await second.settle();
    expect(await silent()).toEqual(['long ago']);
    await pass(second, 9_999);
    await second.settle();
    expect(await silent()).toEqual(['long ago']);
    await pass(second, 1);
    await second.settle();
    expect(await silent()).toEqual(['lately', 'long ago']);
    expect(second.log.head().seq).toBe(4);
  });

  it('is recorded later when the log refuses at first', async () => {
    let refusals = 0;
    await using surface = await testSurface({
      wrapLog: (log) =>
        new Proxy(log, {
          get(target, key) {
            const value = Reflect.get(target, key, target);
            if (typeof value !== 'function') return value;
            if (key !== 'append' || log.head().seq === 0) return value.bind(target);
            if (refusals >= 2) return value.bind(target);
            return () => {
              refusals += 1;
              return Promise.reject(new MillraceError('log_unavailable', 'disk full', { retryAfterS: 5 }));
            };
          },
        }),
    });
    await surface.report(REPORT);
    await pass(surface, 15_000);
    await surface.settle();
    expect(refusals).toBe(1);
    await pass(surface, 1_000);
    await surface.settle();
    expect(refusals).toBe(2);
    expect(await seen(surface)).toEqual(['awaiting_expected']);
    await pass(surface, 1_000);
    await surface.settle();
    expect(await seen(surface)).toEqual(['awaiting_expected', 'no_report']);
    expect(surface.lines.join('')).toContain('tried again');
  });

  it('leaves no timer behind', async () => {
    const surface = await testSurface();
    await surface.report(REPORT);
    await surface.settle();
    await surface.stop();
    surface.clock.advance(100_000);
    await using again = await testSurface({ folder: surface.folder, isStarted: false });
    expect(again.log.head().seq).toBe(1);
  });
});
