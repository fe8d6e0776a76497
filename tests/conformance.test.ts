import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import buildDashboard from '../e2e/build-dashboard.ts';
import { type RunningServer, startServer } from '../e2e/start-server.ts';
import { type DevModel, startDevModel } from '../src/cli/dev-model/dev-model.ts';
import { runConformance, type Spec } from '../src/conformance/index.ts';
import { proposalsSystem } from './support/proposals-system.ts';
import { type Wrong, wrongServer } from './support/wrong-server.ts';

// How the kit judges: all of a server that is right, and by name what a wrong one does wrong.

/** Times of the specs are not what is shown here, on a machine that others use too. */
const PATIENCE = 10;
const QUICK = {
  MILLRACE_WS_PING_MS: '1000',
  MILLRACE_SSE_HEARTBEAT_MS: '1000',
  MILLRACE_STALE_AFTER_MS: '2000',
};

const ALL: readonly Spec[] = ['feeds', '004', '003', '002', '001', '000'];
const BUILD_LIMIT_MS = 180_000;

let root: string;
let model: DevModel;
let server: RunningServer;

beforeAll(async () => {
  buildDashboard();
  root = mkdtempSync(join(tmpdir(), 'millrace-conformance-'));
  model = await startDevModel();
  server = await startServer({
    env: {
      ...QUICK,
      MILLRACE_PROJECTS_ROOT: root,
      MILLRACE_MODEL_BASE_URL: model.url,
      MILLRACE_MODEL: 'scripted',
    },
  });
}, BUILD_LIMIT_MS);

afterAll(async () => {
  await server.stop();
  await model[Symbol.asyncDispose]();
  rmSync(root, { recursive: true, force: true });
});

/** The ids of the criteria with this verdict, with the reasons. */
async function judged(url: string, specs: readonly Spec[], token?: string) {
  const told: string[] = [];
  const report = await runConformance({
    url,
    specs,
    patience: PATIENCE,
    onResult: ({ id }) => told.push(id),
    ...(token === undefined ? {} : { token }),
  });
  expect(report.results.map(({ id }) => id)).toEqual(told);
  const of = (wanted: string) =>
    Object.fromEntries(
      report.results.filter(({ status }) => status === wanted).map(({ id, reason }) => [id, reason ?? '']),
    );
  return { report, failed: of('failed'), skipped: of('skipped'), passed: Object.keys(of('passed')) };
}

describe('a server that is right', () => {
  test('passes every criterion of the feeds and of the five specs that can be judged from here', async () => {
    const { report, failed, skipped, passed } = await judged(server.url, ALL);
    expect(failed).toEqual({});
    expect(report.ok).toBe(true);
    expect(Object.keys(skipped)).toEqual(['002/other-project', '002/max-connections-per-project', 'feeds/expired']);
    expect(report).toMatchObject({ passed: passed.length, failed: 0, skipped: 3 });
    console.log(`conformance: ${report.passed} passed, ${report.skipped} skipped`);
  });

  test('passes with the token of a member of one project, who is no admin', async () => {
    await using system = await proposalsSystem({ env: QUICK });
    const token = await system.token('ann', { projects: ['alpha'] });
    const { failed, passed, skipped } = await judged(system.url, ['002'], token);
    expect(failed).toEqual({});
    expect(passed).toContain('002/other-project');
    expect(Object.keys(skipped)).toEqual(expect.arrayContaining(['002/audit-subscribe', '002/audit-filter']));
  });
});

/** Leaves out the second of every three events. */
function everyThirdMissing(): (text: string) => string | undefined {
  let count = 0;
  return (text) => {
    if (!text.startsWith('{"type":"event"')) return text;
    count += 1;
    return count % 3 === 2 ? undefined : text;
  };
}

const isPosition = (text: string | null) => text !== null && /^[a-z0-9]+\.\d+\./.test(text);

interface WrongCase {
  readonly what: string;
  readonly wrong: () => Wrong;
  readonly specs: readonly Spec[];
  readonly fails: readonly string[];
}

const wrongCases: readonly WrongCase[] = [
  {
    what: 'sends no id:',
    wrong: () => ({ streamed: (text) => text.replace(/^id: .*\n/gm, '') }),
    specs: ['feeds'],
    fails: ['feeds/sse-hello', 'feeds/sse-frame'],
  },
  {
    what: 'repeats after a resume',
    wrong: () => ({
      asked(url, headers) {
        if (isPosition(url.searchParams.get('cursor'))) url.searchParams.set('cursor', 'earliest');
        if (isPosition(headers.get('last-event-id'))) headers.set('last-event-id', 'earliest');
      },
    }),
    specs: ['feeds'],
    fails: ['feeds/switch-without-gap-or-repeat'],
  },
  {
    what: 'forgets what a client missed',
    wrong: () => ({
      asked(url, headers) {
        if (isPosition(url.searchParams.get('cursor'))) url.searchParams.set('cursor', 'latest');
        if (isPosition(headers.get('last-event-id'))) headers.set('last-event-id', 'latest');
      },
    }),
    specs: ['feeds'],
    fails: ['feeds/switch-without-gap-or-repeat', 'feeds/last-event-id-wins', 'feeds/foreign-epoch', 'feeds/future'],
  },
  {
    what: 'answers errors in another shape',
    wrong: () => ({
      answered: (body, status) =>
        status < 400 ? body : { status, message: JSON.stringify((body as { error: unknown }).error) },
    }),
    specs: ['feeds', '004'],
    fails: ['004/post-event-validation', '004/post-batch', 'feeds/errors', 'feeds/methods-and-types'],
  },
  {
    what: 'loses every third event on WebSockets',
    wrong: () => ({ framed: everyThirdMissing() }),
    specs: ['004'],
    fails: ['004/all-clients', '004/order-and-duplicates'],
  },
  {
    what: 'closes what is not authorized with 1008',
    wrong: () => ({ closed: (code) => (code === 4001 ? 1008 : code === 1006 ? 1011 : code) }),
    specs: ['002'],
    fails: ['002/websocket-authentication'],
  },
];

describe('a server that', () => {
  test.each(wrongCases)('$what fails, and by the right names', async ({ wrong, specs, fails }) => {
    await using stand = wrongServer(server.url, wrong());
    // What doesn't come at all need not be waited for long.
    const report = await runConformance({ url: stand.url, specs, patience: 0.5 });
    expect(report.ok).toBe(false);
    const failed = report.results.filter(({ status }) => status === 'failed').map(({ id }) => id);
    expect(failed).toEqual(expect.arrayContaining([...fails]));
  });

  test('is only passed on as it is passes as the right one does', async () => {
    await using stand = wrongServer(server.url, {});
    const { failed } = await judged(stand.url, ['feeds', '004', '003']);
    expect(failed).toEqual({});
  });
});

describe('what is no server', () => {
  test('is told apart from wrong options', async () => {
    await expect(runConformance({ url: 'http://127.0.0.1:1' })).rejects.toThrow('no server answers');
    await expect(runConformance({ url: 'ftp://x' })).rejects.toThrow(TypeError);
    await expect(runConformance({ url: server.url, specs: ['005' as Spec] })).rejects.toThrow(TypeError);
    await expect(runConformance({ url: server.url, patience: 0 })).rejects.toThrow(TypeError);
  });
});
