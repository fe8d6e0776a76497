import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AuditLine, auditEventSchema, auditPageSchema } from '../src/surfaces/proposals/events.ts';
import { type Person, type ProposalsSystem, proposalsSystem } from './support/proposals-system.ts';

// specs/002 "Audit Trail", and the same trail by request.

let system: ProposalsSystem;
let admin: Person;
let ann: Person;

beforeAll(async () => {
  system = await proposalsSystem();
  admin = await system.person('root', ['admin'], []);
  ann = await system.person('ann');
});

afterAll(async () => {
  await system[Symbol.asyncDispose]();
});

const lock = '/api/v1/projects/alpha/lock';
const page = async (query: string) => {
  const answer = await admin.get(`/api/v1/audit${query}`);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return auditPageSchema.parse(answer.body);
};

describe('Subscribe to audit events', () => {
  test('an admin sees every change as it happens, with who, what, before and after', async () => {
    using watching = await admin.watch('/ws/audit');
    await ann.post(lock);
    const event = auditEventSchema.parse(await watching.next({ action: 'project.locked', outcome: 'success' }));
    expect(event).toMatchObject({
      type: 'audit',
      actor: 'ann',
      resource_type: 'project',
      resource_id: 'alpha',
      before: { lock: null },
      after: { lock: { holder: 'ann' }, reason: 'locked' },
      ip: '127.0.0.1',
    });
    const { entries } = await page('?action=project.locked');
    const { type: _, cursor: __, ...line } = event;
    expect(entries[0]).toEqual(line);
    await ann.call('DELETE', lock);
    // One line each: the change and its entry are one append.
    expect((await page('?action=project.unlocked')).total).toBe(1);
  });

  test('what was refused is there too', async () => {
    using watching = await admin.watch('/ws/audit?outcome=denied');
    const vic = await system.person('vic', ['viewer'], ['alpha']);
    await vic.post(lock);
    expect(await watching.next({ actor: 'vic' })).toMatchObject({ action: 'project.locked', resource_id: 'alpha' });
  });

  test('nobody else sees it: 4003 by WebSocket, 403 by request', async () => {
    using socket = await ann.watch('/ws/audit');
    expect((await socket.closed).code).toBe(4003);
    expect(socket.frames).toEqual([]);
    expect((await ann.get('/api/v1/audit')).status).toBe(403);
    expect((await ann.get('/ws/audit', { accept: 'application/json' })).status).toBe(403);
    expect((await fetch(`${system.url}/api/v1/audit`)).status).toBe(401);
  });
});

describe('Filter audit events', () => {
  test('only matching events are streamed, by every filter and several of them', async () => {
    using byActor = await admin.watch('/ws/audit?actor=bob');
    using byAll = await admin.watch(
      '/ws/audit?actor=bob&action=project.locked&resource_type=project&resource_id=beta&outcome=success',
    );
    const bob = await system.person('bob');
    await ann.post(lock);
    await bob.post(lock);
    await bob.post('/api/v1/projects/beta/lock');
    await byAll.next({ resource_id: 'beta' });
    await byActor.next({ resource_id: 'beta' });
    expect(byAll.frames).toHaveLength(1);
    expect(byActor.frames.map(({ resource_id, outcome }) => [resource_id, outcome])).toEqual([
      ['alpha', 'failure'],
      ['beta', 'success'],
    ]);
    await ann.call('DELETE', lock);
    await bob.call('DELETE', '/api/v1/projects/beta/lock');
    const { total, entries } = await page('?actor=bob&outcome=failure');
    expect([total, entries.map(({ resource_id }) => resource_id)]).toEqual([1, ['alpha']]);
  });

  test.each([
    'color=red',
    'outcome=maybe',
    'actor=a&actor=b',
    `actor=${'x'.repeat(501)}`,
    'actor[]=bob',
    '__proto__=1',
  ])('an unknown or bad filter is answered 400, on the feed and by request: %s', async (query) => {
    const feed = await admin.get(`/ws/audit?${query}`, { accept: 'application/json' });
    expect(feed.body.error?.code).toBe('invalid_request');
    expect((await admin.get(`/api/v1/audit?${query}`)).body.error?.code).toBe('invalid_request');
  });

  test('a filter is compared, never interpreted', async () => {
    const nothing = await page(`?actor=${encodeURIComponent("' OR 1=1 --")}`);
    expect(nothing).toMatchObject({ total: 0, entries: [] });
    expect((await page('?actor=%25')).total).toBe(0);
  });
});

describe('pages and export', () => {
  const titles = ['=1+1', '+1', '-1', '@SUM(A1)', 'a "quoted", cell', ' =1+1'];

  beforeAll(async () => {
    for (const [index, title] of titles.entries()) {
      const made = await ann.post('/api/v1/projects/beta/proposals', {
        title,
        why: 'a',
        what: 'b',
        change: `c-${index}`,
      });
      expect(made.status).toBe(201);
    }
    const evil = await system.person('=cmd()', ['author'], ['beta']);
    await evil.post('/api/v1/projects/beta/lock');
    await evil.call('DELETE', '/api/v1/projects/beta/lock');
  });

  test('pages follow each other without a gap or a repeat while entries are added', async () => {
    const all = await page('?limit=500&action=proposal.created');
    const seen: AuditLine[] = [];
    for (let before: number | null | undefined; before !== null; ) {
      const next = await page(`?limit=2&action=proposal.created${before === undefined ? '' : `&before=${before}`}`);
      expect(next.total).toBe(all.total);
      seen.push(...next.entries);
      before = next.before;
      await ann.post(lock);
    }
    expect(seen).toEqual(all.entries);
    expect(seen.map(({ id }) => id)).toEqual(seen.map(({ id }) => id).sort((a, b) => b - a));
    await ann.call('DELETE', lock);
  });

  test('from and to are times', async () => {
    const { entries } = await page('?limit=3');
    const at = entries[1]?.at ?? '';
    const same = await page(`?from=${at}&to=${at}`);
    expect(same.entries).toContainEqual(entries[1]);
    expect((await page('?to=2000-01-01T00:00:00Z')).total).toBe(0);
    expect((await admin.get('/api/v1/audit?from=yesterday')).status).toBe(400);
    expect((await admin.get('/api/v1/audit?limit=501')).status).toBe(400);
  });

  test('CSV holds every entry, and no cell that a spreadsheet would run', async () => {
    const answer = await admin.get('/api/v1/audit?format=csv');
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    const [header, ...lines] = String(answer.body).trimEnd().split('\r\n');
    expect(header).toBe('id,at,actor,action,resource_type,resource_id,outcome,ip,before,after');
    expect(lines).toHaveLength((await page('?limit=1')).total);
    expect(lines.filter((line) => line.includes(",'=cmd(),"))).toHaveLength(2);
    expect(lines.flatMap((line) => line.split(',')).filter((cell) => /^"?\s*[=+\-@]/.test(cell))).toEqual([]);
    expect(answer.body).toContain('"{""title"":""a \\""quoted\\"", cell""}"');
  });

  test('JSON holds every entry, as one page', async () => {
    const answer = await admin.get('/api/v1/audit?format=json');
    const { entries, total, before } = auditPageSchema.parse(answer.body);
    expect([entries.length, before]).toEqual([total, null]);
    expect(entries).toEqual((await page('?limit=500')).entries);
    expect((await admin.get('/api/v1/audit?format=xml')).status).toBe(400);
  });
});
