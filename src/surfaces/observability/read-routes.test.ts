import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseCursor } from '../../protocol/cursor.ts';
import { filterOptionsSchema, recentEventsSchema, sessionsSchema } from './events.ts';
import { type TestSurface, testSurface } from './testing/test-surface.ts';

const BASE = { timestamp: '2025-10-21T10:30:45.123Z', source_app: 'shop', event_type: 'PreToolUse' };

async function recent(surface: TestSurface, query = '') {
  const response = await surface.request(`/events/recent${query}`);
  expect(response.status).toBe(200);
  return recentEventsSchema.parse(await response.json());
}

async function ids(surface: TestSurface, query: string) {
  return (await recent(surface, query)).events.map((event) => event.id);
}

/** Ten events: odd ids of the shop, even ids of billing; ids 3, 6 and 9 are of type Stop; session s1 up to 5, then s2. */
async function tenEvents() {
  const surface = await testSurface();
  const batch = Array.from({ length: 10 }, (_, index) => {
    const id = index + 1;
    return {
      ...BASE,
      source_app: id % 2 ? 'shop' : 'billing',
      event_type: id % 3 ? 'PreToolUse' : 'Stop',
      session_id: id <= 5 ? 's1' : 's2',
      summary: `event number ${id}`,
      metadata: JSON.stringify({ note: id === 4 ? 'Needle "quoted" 100%' : 'hay' }),
    };
  });
  expect((await surface.post('/events', batch)).status).toBe(201);
  return surface;
}

describe('reading ten events', () => {
  let surface: TestSurface;
  beforeAll(async () => {
    surface = await tenEvents();
  });
  afterAll(() => surface[Symbol.asyncDispose]());

  it('gives the newest first, the total, and the position it is as of', async () => {
    const answer = await recent(surface, '?limit=3');
    expect(answer.events.map((event) => event.id)).toEqual([10, 9, 8]);
    expect(answer.total).toBe(10);
    expect(parseCursor(answer.cursor)).toEqual(surface.log.head());
  });

  it.each([
    ['?before=4', [3, 2, 1]],
    ['?after=7', [10, 9, 8]],
    ['?after=2&limit=3', [5, 4, 3]],
    ['?after=2&before=5', [4, 3]],
    ['?after=10', []],
    ['?source_app=shop&limit=3', [9, 7, 5]],
    ['?event_type=Stop', [9, 6, 3]],
    ['?session_id=s1&limit=2', [5, 4]],
    ['?session_id=s2&source_app=billing&event_type=Stop', [6]],
    ['?source_app=&session_id=&event_type=&q=&limit=1', [10]],
    ['?source_app=nobody', []],
    ['?q=number%207', [7]],
    ['?q=NUMBER%207', [7]],
    ['?q=needle', [4]],
    ['?q=%22quoted', [4]],
    ['?q=100%25', [4]],
    ['?q=_eedle', []],
    ['?q=stop', [9, 6, 3]],
    ['?q=s2&limit=2', [10, 9]],
    ['?q=stop&source_app=billing', [6]],
    ['?q=stop&before=9', [6, 3]],
    ['?q=summary', []],
    ['?q=timestamp', []],
  ])('%s gives %j', async (query, expected) => {
    expect(await ids(surface, query)).toEqual(expected);
  });

  it('searches metadata as the text it is', async () => {
    expect(await ids(surface, `?q=${encodeURIComponent('Needle \\"quoted\\"')}`)).toEqual([4]);
  });

  it('says from where a text was searched', async () => {
    expect((await recent(surface, '?q=needle')).searched_from).toBe(1);
    expect((await recent(surface)).searched_from).toBeUndefined();
  });

  it.each([
    ['', 10],
    ['?source_app=shop', 5],
    ['?event_type=Stop', 3],
    ['?source_app=shop&event_type=Stop', 2],
    ['?session_id=s1', 5],
    ['?session_id=s1&event_type=Stop', 1],
    ['?q=stop', 3],
    ['?source_app=nobody', 0],
    ['?limit=1&before=3&after=1', 10],
  ])('counts for %s a total of %i', async (query, total) => {
    expect((await recent(surface, query)).total).toBe(total);
  });

  it('lets a gap be read to its end page by page', async () => {
    const seen: number[] = [];
    for (let after = 2; ; ) {
      const page = (await ids(surface, `?after=${after}&limit=3`)).toReversed();
      if (page.length === 0) break;
      seen.push(...page);
      after = page.at(-1) ?? after;
    }
    expect(seen).toEqual([3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it('treats hostile text as text', async () => {
    for (const text of ["'; DROP TABLE log; --", '" OR 1=1 --', '\\', '%', '_', '\u0000', '😀']) {
      const query = encodeURIComponent(text);
      expect(await ids(surface, `?source_app=${query}`)).toEqual([]);
      expect((await surface.request(`/events/recent?q=${query}`)).status).toBe(200);
    }
    expect((await recent(surface)).total).toBe(10);
  });

  it.each([
    'limit=0',
    'limit=501',
    'limit=x',
    'limit=1.5',
    'after=-1',
    'after=x',
    'before=1e99',
    `q=${'x'.repeat(201)}`,
  ])('refuses ?%s with 400', async (query) => {
    const response = await surface.request(`/events/recent?${query}`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: { code: 'invalid_request', details: { issues: [{ path: query.split('=')[0] }] } },
    });
  });

  it('lists names in order and sessions newest activity first', async () => {
    const answer = filterOptionsSchema.parse(await (await surface.request('/events/filter-options')).json());
    expect(answer).toMatchObject({
      source_apps: ['billing', 'shop'],
      session_ids: ['s2', 's1'],
      event_types: ['PreToolUse', 'Stop'],
    });
    expect(parseCursor(answer.cursor)).toEqual(surface.log.head());
  });
});

describe('GET /events/recent of an empty log', () => {
  it('answers an empty log with an empty page and its cursor', async () => {
    await using surface = await testSurface();
    const answer = await recent(surface);
    expect(answer).toMatchObject({ events: [], total: 0 });
    expect(parseCursor(answer.cursor)).toEqual(surface.log.head());
  });
});

describe('GET /events/sessions', () => {
  it('tells what each session and its sub-agents did last', async () => {
    await using surface = await tenEvents();
    await surface.post('/events', {
      ...BASE,
      session_id: 's1',
      event_type: 'SubagentStart',
      agent_id: 'x',
      agent_type: 'Plan',
    });
    await surface.post('/events', { ...BASE, session_id: 's1', event_type: 'PostToolUse', agent_id: 'x' });
    await surface.post('/events', { ...BASE, session_id: 's1', event_type: 'Stop', agent_id: 'y' });
    const answer = sessionsSchema.parse(await (await surface.request('/events/sessions')).json());
    expect(answer.sessions).toMatchObject([
      {
        session_id: 's1',
        source_app: 'shop',
        event_count: 8,
        last_event_type: 'Stop',
        agent_count: 2,
        agents: [
          { agent_id: 'y', event_count: 1, last_event_type: 'Stop' },
          { agent_id: 'x', agent_type: 'Plan', event_count: 2, last_event_type: 'PostToolUse' },
        ],
      },
      { session_id: 's2', event_count: 5, last_event_type: 'PreToolUse', agent_count: 0, agents: [] },
    ]);
    expect(parseCursor(answer.cursor)).toEqual(surface.log.head());
    const first = answer.sessions[0];
    expect(Date.parse(first?.first_at ?? '')).toBeLessThanOrEqual(Date.parse(first?.last_at ?? ''));
  });

  it('obeys the limit, and refuses a bad one', async () => {
    await using surface = await tenEvents();
    const answer = sessionsSchema.parse(await (await surface.request('/events/sessions?limit=1')).json());
    expect(answer.sessions.map((session) => session.session_id)).toEqual(['s2']);
    expect((await surface.request('/events/sessions?limit=0')).status).toBe(400);
  });
});

describe('a snapshot during ingestion', () => {
  it('never shows rows and a cursor of different moments', async () => {
    await using surface = await testSurface();
    const writing = Promise.all(Array.from({ length: 40 }, () => surface.post('/events', [BASE, BASE, BASE])));
    const pages = await Promise.all(Array.from({ length: 40 }, () => recent(surface, '?limit=1')));
    await writing;
    for (const page of pages) {
      expect(page.total).toBe(parseCursor(page.cursor)?.seq);
      expect(page.events[0]?.id ?? 0).toBe(page.total);
    }
    expect((await recent(surface)).total).toBe(120);
  });
});
