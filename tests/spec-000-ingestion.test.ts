import { describe, expect, test } from 'vitest';
import { kpisSchema } from '../src/surfaces/ops/events.ts';
import { type Person, type ProposalsSystem, proposalsSystem } from './support/proposals-system.ts';

const EVENT = { timestamp: '2026-01-01T00:00:00Z', source_app: 'test', event_type: 'Stop', session_id: 's1' };
const REPORT = { service: 'billing', side: 'expected', counts: { orders: 1 } };

/** Everything that takes in events, with a body that it would take. */
const INGEST: readonly (readonly [path: string, body: unknown])[] = [
  ['/events', EVENT],
  ['/hooks/claude-code', { hook_event_name: 'Stop', session_id: 's1', cwd: '/tmp/x' }],
  ['/api/messages', { channel: 'c', user: 'u', text: 't' }],
  ['/reconciliation/reports', REPORT],
];

const setMode = (person: Person, mode: unknown) => person.call('PUT', '/api/ops/ingestion', { mode });

/** The number of the newest event. */
async function headOf(person: Person): Promise<number> {
  const { body } = await person.get('/api/ops');
  return kpisSchema.parse(body.kpis).processed_events;
}

async function assertRefused(person: Person): Promise<void> {
  const before = await headOf(person);
  for (const [path, body] of INGEST) {
    const { status, headers, body: answer } = await person.post(path, body);
    expect([path, status, answer.error?.code]).toEqual([path, 503, 'ingestion_paused']);
    expect(headers.get('retry-after')).toBe('10');
  }
  expect(await headOf(person)).toBe(before);
}

async function assertTaken(person: Person): Promise<void> {
  for (const [path, body] of INGEST) expect((await person.post(path, body)).status).toBeLessThan(300);
}

async function pausedBy(system: ProposalsSystem, name: string): Promise<Person> {
  const admin = await system.person(name, ['admin']);
  expect((await setMode(admin, 'paused')).status).toBe(200);
  return admin;
}

describe('PUT /api/ops/ingestion', () => {
  test('paused, every path that takes in events is refused and nothing is stored; then all of them take in again', async () => {
    await using system = await proposalsSystem();
    const ada = await system.person('ada', ['admin']);
    await assertTaken(ada);
    const { status, body } = await setMode(ada, 'paused');
    expect([status, body]).toEqual([
      200,
      { mode: 'paused', by: 'ada', since: expect.stringMatching(/^20.*Z$/), cursor: expect.any(String) },
    ]);
    await assertRefused(ada);
    // A path means what the router makes of it, however it is written.
    expect((await ada.post('/%65vents', EVENT)).status).toBe(503);
    // What doesn't bring events goes on as it was.
    expect((await ada.get('/readyz')).status).toBe(200);
    expect((await ada.get('/api/messages')).status).toBe(200);
    expect((await ada.post('/audit/client-error', { message: 'm' })).status).toBe(202);
    const { body: ops } = await ada.get('/api/ops');
    expect(ops.kpis).toMatchObject({ health: { state: 'degraded' }, ingestion: { mode: 'paused', by: 'ada' } });
    expect(ops.kpis.health.reason).toContain('ada has paused ingestion.');
    const { cursor: _, ...ingestion } = (await ada.get('/api/ops/ingestion')).body;
    expect(ingestion).toEqual(ops.kpis.ingestion);
    expect((await setMode(ada, 'running')).body).toMatchObject({ mode: 'running', by: 'ada' });
    await assertTaken(ada);
  });

  test('holds over a restart and a kill', async () => {
    await using system = await proposalsSystem();
    const ada = await pausedBy(system, 'ada');
    await system.restart('SIGTERM');
    await assertRefused(ada);
    await system.restart('SIGKILL');
    await assertRefused(ada);
    await setMode(ada, 'running');
    await system.restart('SIGKILL');
    await assertTaken(ada);
  });

  test('is for admins, is checked, and is audited whatever comes of it', async () => {
    await using system = await proposalsSystem();
    const [ada, bob] = [await system.person('ada', ['admin']), await system.person('bob')];
    expect((await setMode(bob, 'paused')).status).toBe(403);
    expect((await system.holder('no token').call('PUT', '/api/ops/ingestion', { mode: 'paused' })).status).toBe(401);
    for (const mode of ['stopped', 7, undefined]) expect((await setMode(ada, mode)).status).toBe(400);
    expect((await ada.call('PUT', '/api/ops/ingestion', { mode: 'paused', more: 1 })).status).toBe(400);
    expect((await ada.get('/api/ops/ingestion')).body).toMatchObject({ mode: 'running', by: null, since: null });
    await assertTaken(ada);
    await setMode(ada, 'paused');
    const head = await headOf(ada);
    // What is so already is no change: nothing is told of it.
    expect((await setMode(ada, 'paused')).body).toMatchObject({ mode: 'paused', by: 'ada' });
    const { body } = await ada.get('/api/v1/audit?action=ingestion.changed');
    const lines = body.entries.map(({ actor, outcome }: Record<string, string>) => [actor, outcome]);
    expect(lines).toContainEqual(['bob', 'denied']);
    expect(lines).toContainEqual(['ada', 'failure']);
    const success = body.entries.filter(({ outcome }: { outcome: string }) => outcome === 'success');
    expect(success.at(-1)).toMatchObject({ actor: 'ada', before: { mode: 'running' }, after: { mode: 'paused' } });
    // The second one is audited, as every changing request is, and leaves nothing else.
    expect(await headOf(ada)).toBe(head + 1);
  });

  test('is shown to everybody who reads the feed', async () => {
    await using system = await proposalsSystem();
    const { cursor } = (await (await system.person('ada', ['admin'])).get('/api/ops')).body;
    const ada = await pausedBy(system, 'ada');
    using stream = await ada.watch('/ops/stream', cursor);
    expect(await stream.next({ type: 'ingestion' })).toMatchObject({
      mode: 'paused',
      by: 'ada',
      since: expect.any(String),
    });
    await setMode(ada, 'running');
    await stream.next({ type: 'ingestion', mode: 'running' });
    const modes = (await ada.poll('/ops/stream', cursor)).filter(({ type }) => type === 'ingestion');
    expect(modes.map(({ mode }) => mode)).toEqual(['paused', 'running']);
  });
});
