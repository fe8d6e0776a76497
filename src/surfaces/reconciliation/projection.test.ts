import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LogRecord } from '../../engine/log/log.ts';
import { openForWriting } from '../../engine/log/sqlite/database.ts';
import type { ProjectionDatabase } from '../../engine/store/projection.ts';
import { compare } from './compare.ts';
import { reconciliationProjection } from './projection.ts';
import { clientErrorEvent, updateEvent } from './record.ts';
import { testSurface } from './testing/test-surface.ts';

function open() {
  const database = openForWriting(':memory:');
  database.exec(reconciliationProjection.create);
  return { database, writer: reconciliationProjection.open(database) };
}

function tables(database: ProjectionDatabase) {
  return ['recon_service', 'recon_audit'].map((table) => database.prepare(`SELECT * FROM ${table}`).all());
}

const eventArbitrary = fc.oneof(
  fc.constantFrom('a', 'b', 'c').map((service) => {
    return updateEvent(compare(undefined, { service, actual: { counts: { n: 1 } } }, { at: 0, latencyMs: 1 }));
  }),
  fc.constant(clientErrorEvent({ message: 'oops' })),
  fc.constant({ type: 'observability.recorded', channel: 'observability', body: '{}' }),
);

describe('reconciliationProjection', () => {
  it('gives the same tables however the records are batched and trimmed, and when it is rebuilt', () => {
    const batches = fc.array(fc.array(eventArbitrary, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(batches, fc.double({ min: 0, max: 1, noNaN: true }), (groups, share) => {
        let seq = 0;
        const records = groups.map((group) =>
          group.map((event): LogRecord => {
            seq += 1;
            return { ...event, seq, at: seq, tag: 't' };
          }),
        );
        const through = Math.floor(seq * share);
        using live = open().database;
        const writer = reconciliationProjection.open(live);
        for (const group of records) writer.apply(group);
        writer.trim?.(through);
        using rebuilt = open().database;
        reconciliationProjection.open(rebuilt).apply(records.flat().filter((record) => record.seq > through));
        expect(tables(live)).toEqual(tables(rebuilt));
      }),
    );
  });

  it('answers the same after it was rebuilt from the log', async () => {
    const first = await testSurface({ isStarted: false });
    for (const service of ['a', 'b', 'a']) {
      await first.report({ service, side: 'expected', counts: { n: 2 }, jobIds: ['x', 'y'] });
      await first.report({ service, side: 'actual', counts: { n: 1 }, jobIds: ['y'] });
    }
    await first.post('/audit/client-error', { message: 'oops' });
    const before = [await first.latest(), await first.audit()];
    await first.stop();
    {
      using database = openForWriting(first.path);
      database.exec(`${reconciliationProjection.drop} UPDATE projection SET version = 0 WHERE name = 'reconciliation'`);
    }
    await using second = await testSurface({ folder: first.folder, isStarted: false });
    expect([await second.latest(), await second.audit()]).toEqual(before);
  });

  it('forgets a service whose latest update retention has removed', async () => {
    await using surface = await testSurface({ isStarted: false, retentionEvents: 2 });
    await surface.report({ service: 'gone', side: 'actual', counts: {} });
    for (let n = 0; n < 4; n += 1) await surface.report({ service: 'busy', side: 'actual', counts: { n } });
    const names = async () => (await surface.latest()).services.map(({ service }) => service);
    await expect.poll(names).toEqual(['busy']);
    await expect.poll(async () => (await surface.audit()).meta.total).toBe(2);
  });
});
