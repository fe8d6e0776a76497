import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { outputMatching } from '../e2e/start-server.ts';
import { type DevModel, startDevModel } from '../src/cli/dev-model/dev-model.ts';
import { readConfig } from '../src/server/config.ts';
import { startMillrace } from '../src/server/server.ts';
import { type Alert, alertSchema, opsStateSchema } from '../src/surfaces/ops/events.ts';
import { startIrcServer } from './support/irc-server.ts';
import { makeProposal } from './support/make-proposal.ts';
import { type Person, type ProposalsSystem, proposalsSystem } from './support/proposals-system.ts';

// specs/000, alerts: the server is a process of its own, and every alert is raised by what really happens to it.

const PATIENCE = { interval: 50 };
const MIB = 1024 ** 2;
const ROOT = join(import.meta.dirname, '..');
const OWN_RULE = {
  code: 'agent-stopped',
  severity: 'info',
  cause: '{session_id}',
  title: 'Agent {session_id} stopped by an error',
  when: [{ type: 'observability.recorded', where: [{ path: 'event_type', op: 'eq', value: 'StopFailure' }] }],
  count: 2,
  window_s: 60,
  clear: [{ type: 'observability.recorded', where: [{ path: 'event_type', op: 'in', value: ['SessionStart'] }] }],
};

let model: DevModel;
let system: ProposalsSystem;
let ada: Person;

beforeAll(async () => {
  model = await startDevModel({ delayMs: 1 });
  system = await proposalsSystem({
    env: {
      MILLRACE_MODEL_BASE_URL: model.url,
      MILLRACE_MODEL: 'scripted',
      MILLRACE_STALE_AFTER_MS: '1000',
      MILLRACE_ALERT_RULES: JSON.stringify([OWN_RULE]),
    },
  });
  ada = await system.person('ada', ['admin']);
});

afterAll(async () => {
  await system[Symbol.asyncDispose]();
  await model[Symbol.asyncDispose]();
});

async function alerts(url: string, query = ''): Promise<Alert[]> {
  const response = await fetch(`${url}/api/alerts${query}`);
  expect(response.status).toBe(200);
  const { alerts: found } = (await response.json()) as { alerts: unknown[] };
  return found.map((alert) => alertSchema.parse(alert));
}

async function post(path: string, body: unknown, expected: number, url = system.url): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  expect(response.status).toBe(expected);
}

/** Waits for the open alert. */
async function raised(code: string, cause: string, url = system.url): Promise<Alert> {
  const find = async () => (await alerts(url)).find((alert) => alert.code === code && alert.cause === cause);
  await expect.poll(find, PATIENCE).toBeDefined();
  const found = await find();
  if (!found) throw new Error(`${code} was open just now`);
  return found;
}

/** Waits for its end. */
async function cleared({ id }: Alert, url = system.url): Promise<void> {
  const state = async () => (await alerts(url, '?state=all')).find((alert) => alert.id === id)?.state;
  await expect.poll(state, PATIENCE).toBe('cleared');
  expect((await alerts(url)).some((alert) => alert.id === id)).toBe(false);
}

const report = (service: string, side: string, n: number) =>
  post('/reconciliation/reports', { service, side, counts: { n } }, 202);

function tool(session_id: string, event_type: string) {
  const [source_app, timestamp] = ['shop', new Date().toISOString()];
  return post('/events', { timestamp, source_app, event_type, session_id, tool_name: 'Bash' }, 201);
}

describe('an alert is raised, and cleared where it can be, by', () => {
  test('figures that differ, and a service that falls silent', async () => {
    await report('billing', 'expected', 2);
    await report('billing', 'actual', 1);
    const discrepancy = await raised('reconciliation-discrepancy', 'billing');
    expect(discrepancy).toMatchObject({ severity: 'critical', count: 1, link: '/reconciliation', state: 'raised' });
    await report('billing', 'actual', 2);
    await cleared(discrepancy);
    const stale = await raised('reconciliation-stale', 'billing');
    await report('billing', 'actual', 2);
    await cleared(stale);
  });

  test('a connector that cannot connect', async () => {
    await using irc = await startIrcServer();
    await irc.stop();
    const settings = { kind: 'irc', id: 'far', server: '127.0.0.1', port: irc.port, nick: 'reader', channels: ['#a'] };
    await post('/api/connectors', settings, 201);
    const down = await raised('connector-down', 'far');
    expect(down).toMatchObject({ severity: 'warning', title: 'Connector far is not connected' });
    await irc.start();
    await cleared(down);
    await irc.stop();
    const again = await raised('connector-down', 'far');
    expect(again.id).not.toBe(down.id);
    expect((await fetch(`${system.url}/api/connectors/far`, { method: 'DELETE' })).status).toBe(200);
    await cleared(again);
  });

  test('a validation that fails', async () => {
    const { author, path, id } = await makeProposal(system, 'checked');
    const spec = `${path}/files/specs/checked/spec.md`;
    const { etag, content } = (await author.get(spec)).body;
    const bad = '## ADDED Requirements\n\n### Requirement: None\nIt is.\n';
    const written = await author.call('PUT', spec, bad, { 'if-match': etag });
    expect(written.status).toBe(200);
    await author.post(`${path}/validate`);
    const failed = await raised('validation-failed', id);
    expect(failed).toMatchObject({ severity: 'warning', link: `/proposals/${id}` });
    const { etag: newest } = (await author.get(spec)).body;
    expect((await author.call('PUT', spec, content, { 'if-match': newest })).status).toBe(200);
    expect((await author.post(`${path}/validate`)).status).toBe(202);
    await cleared(failed);
  });

  test('an iteration that fails', async () => {
    const { author, path, id } = await makeProposal(system, 'iterated');
    await author.post(`${path}/iterate`, { instructions: 'error' });
    const failed = await raised('iteration-error', id);
    expect((await author.post(`${path}/iterate`, { instructions: 'valid' })).status).toBe(202);
    await cleared(failed);
  });

  test('three tool failures in a row, of one session', async () => {
    for (const session of ['s1', 's2', 's1', 's1']) await tool(session, 'PostToolUseFailure');
    const failing = await raised('tool-failures', 's1');
    expect(failing).toMatchObject({ count: 3, link: '/events?session_id=s1' });
    await tool('s1', 'PostToolUseFailure');
    await expect.poll(async () => (await raised('tool-failures', 's1')).count, PATIENCE).toBe(4);
    await tool('s1', 'PostToolUse');
    await cleared(failing);
    expect((await alerts(system.url)).some(({ cause }) => cause === 's2')).toBe(false);
  });

  test('errors in browsers', async () => {
    for (const message of ['one', 'two', 'three']) await post('/audit/client-error', { message }, 202);
    expect(await raised('client-errors', 'dashboard')).toMatchObject({
      count: 3,
      message: expect.stringContaining('three'),
    });
  });

  test('requests that are refused', async () => {
    for (let n = 0; n < 12; n += 1) await post('/events', { nothing: n }, 400);
    expect(await raised('ingest-rejected', 'ingest')).toMatchObject({ severity: 'warning' });
  });

  test('a rule of the configuration', async () => {
    await tool('mine', 'StopFailure');
    await tool('mine', 'StopFailure');
    const own = await raised('agent-stopped', 'mine');
    expect(own).toMatchObject({ severity: 'info', title: 'Agent mine stopped by an error', count: 2, link: null });
    await tool('mine', 'SessionStart');
    await cleared(own);
  });
});

describe('an alert', () => {
  test('is in the state, in the KPIs and on the feed, which goes on from the state without a gap', async () => {
    const read = async () => opsStateSchema.parse(await (await fetch(`${system.url}/api/ops`)).json());
    const before = await read();
    await report('feed-test', 'expected', 2);
    await report('feed-test', 'actual', 1);
    const alert = await raised('reconciliation-discrepancy', 'feed-test');
    const headers = { accept: 'application/json' };
    const page = await (await fetch(`${system.url}/ops/stream?cursor=${before.cursor}`, { headers })).json();
    const told = (page as { events: (Alert & { type: string; cursor: string })[] }).events.filter(
      ({ type, id }) => type === 'alert' && id === alert.id,
    );
    const { cursor, ...shown } = told[0] ?? { cursor: '' };
    expect(shown).toEqual({ type: 'alert', ...alert });
    expect(cursor).toMatch(/^\w+\.\d+\.\w+$/);
    const after = await read();
    expect(after.alerts.find(({ id }) => id === alert.id)).toMatchObject({ state: 'raised' });
    await expect
      .poll(async () => (await read()).kpis, PATIENCE)
      .toMatchObject({
        open_alerts: (await alerts(system.url)).length,
        health: { state: expect.not.stringMatching('healthy') },
      });
  });

  test('that somebody has seen says so, is audited once, and is so after a kill', async () => {
    await report('seen', 'expected', 2);
    await report('seen', 'actual', 1);
    const { id } = await raised('reconciliation-discrepancy', 'seen');
    const first = await ada.post(`/api/alerts/${id}/acknowledge`);
    expect(first).toMatchObject({
      status: 200,
      body: { id, acknowledged_by: 'ada', acknowledged_at: expect.any(String) },
    });
    const bob = await system.person('bob', ['viewer']);
    const second = await bob.post(`/api/alerts/${id}/acknowledge`);
    expect(second.status).toBe(200);
    expect(second.body.acknowledged_by).toBe('ada');
    expect((await bob.post('/api/alerts/none-1/acknowledge')).status).toBe(404);
    expect((await fetch(`${system.url}/api/alerts/${id}/acknowledge`, { method: 'POST' })).status).toBe(401);
    const trail = (await ada.get(`/api/v1/audit?action=alert.acknowledged&resource_id=${id}&actor=ada`)).body;
    expect(trail.entries).toMatchObject([
      { outcome: 'success', resource_type: 'alert', after: { code: 'reconciliation-discrepancy', cause: 'seen' } },
    ]);

    const open = await alerts(system.url);
    await system.restart('SIGKILL');
    await report('came-after', 'expected', 2);
    await report('came-after', 'actual', 1);
    await raised('reconciliation-discrepancy', 'came-after');
    const now = await alerts(system.url);
    expect(now.find((alert) => alert.id === id)).toMatchObject({ acknowledged_by: 'ada', count: 1 });
    const codes = (list: readonly Alert[]) =>
      list.filter(({ code }) => code === 'tool-failures').map((alert) => alert.id);
    expect(codes(now)).toEqual(codes(open));
  });
});

test('a wrong rule stops the start with one line that says what is wrong', async () => {
  const start = (rules: unknown) => {
    const text = typeof rules === 'string' ? rules : JSON.stringify(rules);
    const env = { ...process.env, MILLRACE_PORT: '0', MILLRACE_DATA_DIR: '/dev/null/no', MILLRACE_ALERT_RULES: text };
    return spawnSync(join(ROOT, 'node_modules/.bin/bun'), ['src/server/main.ts'], { cwd: ROOT, env, encoding: 'utf8' });
  };
  const pattern = { path: 'event_type', op: 'matches', value: '.*' };
  for (const [rules, fault] of [
    ['{', 'it is not JSON'],
    [[{ ...OWN_RULE, code: 'Bad Code' }], '0.code: must be 1 to 64 lower-case letters'],
    [[{ ...OWN_RULE, when: [{ type: 't.t', where: [pattern] }] }], '0.when.0.where.0.op'],
    [[OWN_RULE, OWN_RULE], 'two of them have the same code'],
  ] as const) {
    const { status, stderr } = start(rules);
    expect(status).toBe(1);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toMatch(/^millrace: MILLRACE_ALERT_RULES is .*it must be a JSON array such as/);
    expect(stderr).toContain(fault);
  }
});

describe('a disk', () => {
  let child: ChildProcess | undefined;
  let dataDir: string;

  beforeAll(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'millrace-alerts-'));
  });
  afterAll(() => {
    child?.kill('SIGKILL');
    rmSync(dataDir, { recursive: true, force: true });
  });

  test('that takes no writes is an alert at once, in history once it takes them again', async () => {
    // The file size limit stands in for the disk: writes beyond it fail the way a full one does.
    child = spawn('sh', ['-c', `trap '' XFSZ; ulimit -S -f 2000; exec node_modules/.bin/bun src/server/main.ts`], {
      cwd: ROOT,
      env: { ...process.env, MILLRACE_PORT: '0', MILLRACE_DATA_DIR: dataDir, MILLRACE_SELF_CHECK_MS: '0' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const url = await outputMatching(child, /http:\/\/[\w.:]+/);
    const body = JSON.stringify({
      ...{ timestamp: new Date().toISOString(), source_app: 'a', event_type: 'b', summary: 'x'.repeat(900) },
    });
    const headers = { 'content-type': 'application/json' };
    const send = async () => (await fetch(`${url}/events`, { method: 'POST', headers, body })).status;
    while ((await Promise.all(Array.from({ length: 20 }, send))).every((status) => status === 201));
    const alert = await raised('log-not-writable', 'log', url);
    expect(alert).toMatchObject({ severity: 'critical', message: expect.stringMatching(/^Nothing can be stored: \w/) });
    expect(spawnSync('prlimit', [`--pid=${child.pid}`, '--fsize=unlimited']).status).toBe(0);
    await cleared(alert, url);
    child.kill('SIGTERM');
    await once(child, 'exit');
  });

  test('that is nearly full is a warning, then critical, and no alert when there is room again', async () => {
    let freeMib = 40_000;
    const measureDisk = async () => ({ freeBytes: freeMib * MIB, totalBytes: 100_000 * MIB });
    const folder = mkdtempSync(join(tmpdir(), 'millrace-alerts-'));
    const config = readConfig({ MILLRACE_PORT: '0', MILLRACE_DATA_DIR: folder, MILLRACE_SELF_CHECK_MS: '0' });
    const start = () => startMillrace({ config, logger: pino({ level: 'silent' }), measureDisk });
    try {
      // The disk is measured at the start, and every 30 s.
      for (const [free, severity] of [
        [40_000, undefined],
        [4_900, 'warning'],
        [900, 'critical'],
      ] as const) {
        freeMib = free;
        await using millrace = await start();
        if (severity === undefined) expect(await alerts(millrace.url)).toEqual([]);
        else {
          const found = async () => (await alerts(millrace.url)).map((alert) => [alert.code, alert.severity]);
          await expect.poll(found, PATIENCE).toEqual([['disk-nearly-full', severity]]);
        }
      }
      freeMib = 40_000;
      await using millrace = await start();
      await expect.poll(() => alerts(millrace.url), PATIENCE).toEqual([]);
      expect(await alerts(millrace.url, '?state=cleared')).toMatchObject([{ code: 'disk-nearly-full', count: 2 }]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
