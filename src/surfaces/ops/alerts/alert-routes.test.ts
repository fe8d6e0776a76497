import { describe, expect, it } from 'vitest';
import type { EventRule } from './alert-rules.ts';
import { BUILT_IN_RULES } from './alert-rules.ts';
import { alertSystem } from './testing/alert-system.ts';

const rule: EventRule = {
  kind: 'event',
  code: 'bad',
  severity: 'warning',
  cause: '{name}',
  title: 'Bad',
  message: 'Bad',
  link: null,
  when: [{ type: 't.bad' }, { type: 't.worst', severity: 'critical' }],
  clear: [{ type: 't.good' }],
};

async function withAlerts() {
  const system = alertSystem([rule]);
  await system.append('t.bad', { name: 'a' }, { name: 'b' }, { name: 'c' });
  await system.append('t.worst', { name: 'd' });
  await system.append('t.good', { name: 'a' });
  await system.settle();
  return system;
}

const causes = ({ body }: { body: { alerts: { cause: string }[] } }) => body.alerts.map(({ cause }) => cause);

describe('GET /api/alerts', () => {
  it('shows what is open, newest first, and by state and severity', async () => {
    await using system = await withAlerts();
    const open = await system.call('GET', '/api/alerts');
    expect(open.status).toBe(200);
    expect(causes(open)).toEqual(['d', 'c', 'b']);
    expect(open.body).toMatchObject({ before: null, cursor: expect.stringMatching(/^\w+\.\d+\.\w+$/) });
    expect(causes(await system.call('GET', '/api/alerts?state=cleared'))).toEqual(['a']);
    expect(causes(await system.call('GET', '/api/alerts?state=all'))).toEqual(['d', 'c', 'b', 'a']);
    expect(causes(await system.call('GET', '/api/alerts?severity=critical'))).toEqual(['d']);
    expect(causes(await system.call('GET', '/api/alerts?severity='))).toEqual(['d', 'c', 'b']);
  });

  it('comes in pages without a gap or a repeat', async () => {
    await using system = await withAlerts();
    const seen: string[] = [];
    let before: number | null = null;
    for (let page = 0; page < 5; page += 1) {
      const query: string = before === null ? '' : `&before=${before}`;
      const answer = await system.call('GET', `/api/alerts?state=all&limit=2${query}`);
      seen.push(...causes(answer));
      before = answer.body.before;
      if (before === null) break;
    }
    expect(seen).toEqual(['d', 'c', 'b', 'a']);
  });

  it.each(['state=raised', 'severity=bad', 'limit=0', 'limit=501', 'limit=x', 'before=-1', 'sort=up'])(
    'refuses %s',
    async (query) => {
      await using system = alertSystem([rule]);
      expect((await system.call('GET', `/api/alerts?${query}`)).status).toBe(400);
    },
  );
});

describe('POST /api/alerts/:id/acknowledge', () => {
  it('keeps who saw it first, and stands in the audit trail', async () => {
    await using system = await withAlerts();
    const [{ id }] = (await system.call('GET', '/api/alerts')).body.alerts;
    const first = await system.call('POST', `/api/alerts/${id}/acknowledge`);
    const acknowledged_at = new Date(system.clock.now()).toISOString();
    expect(first).toMatchObject({
      status: 200,
      body: { id, state: 'raised', acknowledged_by: 'ada', acknowledged_at },
    });
    await system.pass(2);
    const again = await system.call('POST', `/api/alerts/${id}/acknowledge`);
    expect(again).toEqual(first);
    expect(again.body).not.toHaveProperty('through_seq');
    const audit = system.database.prepare('SELECT actor, action, resource_type, resource_id, outcome FROM audit').all();
    expect(audit).toEqual([
      { actor: 'ada', action: 'alert.acknowledged', resource_type: 'alert', resource_id: id, outcome: 'success' },
    ]);
  });

  it('is not forgotten when the alert moves on, at the same moment, after a restart, or is cleared', async () => {
    await using system = await withAlerts();
    const [{ id }] = (await system.call('GET', '/api/alerts')).body.alerts;
    await system.pass(2);
    await Promise.all([
      system.append('t.worst', { name: 'd' }),
      system.call('POST', `/api/alerts/${id}/acknowledge`),
      system.append('t.worst', { name: 'd' }),
    ]);
    await system.pass(2);
    expect((await system.open())[0]).toMatchObject({ id, count: 3, acknowledged_by: 'ada' });
    await system.restart();
    await system.append('t.good', { name: 'd' });
    await system.pass(2);
    expect((await system.cleared()).find((alert) => alert.id === id)).toMatchObject({
      id,
      count: 3,
      acknowledged_by: 'ada',
      state: 'cleared',
    });
  });

  it('answers 404 for one that is not there, and changes nothing', async () => {
    await using system = await withAlerts();
    const { seq } = system.log.head();
    expect((await system.call('POST', '/api/alerts/bad-99/acknowledge')).status).toBe(404);
    expect(system.log.head().seq).toBe(seq);
  });

  it('changes nothing while the log takes no writes', async () => {
    await using system = await withAlerts();
    const [{ id }] = (await system.call('GET', '/api/alerts')).body.alerts;
    system.refuse('disk full');
    expect((await system.call('POST', `/api/alerts/${id}/acknowledge`)).status).toBe(503);
    system.refuse(undefined);
    expect((await system.open())[0]).toMatchObject({ id, acknowledged_by: null });
  });
});

describe('measured figures', () => {
  const GIB = 1024 ** 3;

  it('a disk that fills up is a warning, then critical, and cleared when there is room', async () => {
    await using system = alertSystem(BUILT_IN_RULES);
    await system.pass(2);
    expect(await system.open()).toEqual([]);
    system.setDisk({ freeBytes: 4.9 * GIB, totalBytes: 100 * GIB });
    // It is measured every 30 s.
    await system.pass(31);
    expect(await system.open()).toMatchObject([{ code: 'disk-nearly-full', severity: 'warning', count: 1 }]);
    const [{ id } = { id: '' }] = await system.open();
    system.setDisk({ freeBytes: 0.9 * GIB, totalBytes: 100 * GIB });
    await system.pass(31);
    expect(await system.open()).toMatchObject([
      { id, severity: 'critical', message: expect.stringContaining('0.9 %') },
    ]);
    // A disk that can't be measured is not one with room.
    system.setDisk(undefined);
    await system.pass(31);
    expect(await system.open()).toMatchObject([{ id }]);
    expect(system.lines.join()).toContain('could not be measured');
    system.setDisk({ freeBytes: 50 * GIB, totalBytes: 100 * GIB });
    await system.pass(31);
    expect(await system.open()).toEqual([]);
    expect(await system.cleared()).toMatchObject([{ id, state: 'cleared', cleared_at: expect.any(String) }]);
  });

  it('a small disk is a warning below 1 GiB, whatever its share', async () => {
    await using system = alertSystem(BUILT_IN_RULES);
    system.setDisk({ freeBytes: 0.5 * GIB, totalBytes: 1 * GIB });
    await system.pass(31);
    expect(await system.open()).toMatchObject([{ code: 'disk-nearly-full', severity: 'warning' }]);
  });

  it('what was raised is cleared by the next server when the disk has room by then', async () => {
    await using system = alertSystem(BUILT_IN_RULES);
    system.setDisk({ freeBytes: 0, totalBytes: GIB });
    await system.pass(31);
    const [{ id } = { id: '' }] = await system.open();
    await system.restart();
    await system.pass(2);
    expect(await system.open()).toMatchObject([{ id, severity: 'critical' }]);
    await system.restart(() => system.setDisk({ freeBytes: 50 * GIB, totalBytes: 100 * GIB }));
    await system.pass(2);
    expect(await system.open()).toEqual([]);
  });

  it('many refused requests are a warning for as long as they come', async () => {
    await using system = alertSystem(BUILT_IN_RULES);
    await system.pass(2);
    system.metrics.rejects.inc({ reason: 'not_found' }, 100);
    system.metrics.rejects.inc({ reason: 'invalid_request' }, 9);
    await system.pass(1);
    expect(await system.open()).toEqual([]);
    system.metrics.rejects.inc({ reason: 'too_many_requests' });
    await system.pass(1);
    expect(await system.open()).toMatchObject([{ code: 'ingest-rejected', severity: 'warning' }]);
    await system.pass(61);
    expect(await system.open()).toEqual([]);
  });

  it('a log that takes no writes is known at once, and told of when it does again', async () => {
    await using system = alertSystem(BUILT_IN_RULES);
    await system.pass(2);
    system.refuse('disk full');
    await system.pass(2);
    expect((await system.call('GET', '/api/alerts')).body.alerts).toMatchObject([
      { code: 'log-not-writable', severity: 'critical', message: 'Nothing can be stored: disk full' },
    ]);
    expect(await system.told()).toEqual([]);
    system.refuse(undefined);
    await system.pass(2);
    expect((await system.call('GET', '/api/alerts')).body.alerts).toEqual([]);
    expect((await system.told()).at(-1)).toMatchObject({ code: 'log-not-writable', state: 'cleared' });
  });
});
