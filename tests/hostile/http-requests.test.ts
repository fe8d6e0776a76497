import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { showFigures } from '../support/figures.ts';
import { type HostileSystem, hostileSystem } from './hostile-system.ts';
import { JSON_CASES, REQUEST_CASES } from './http-corpus.ts';

// Promise P15: what a client sends costs nobody but itself.

let system: HostileSystem;
let passed = 0;

beforeAll(async () => {
  system = await hostileSystem();
});

afterAll(async () => {
  const figures = { requests: REQUEST_CASES.length, json: JSON_CASES.length, passed };
  showFigures({ promise: 'P15', about: 'HTTP', figures: { ...figures, slowestHealthyMs: system.slowestMs() } });
  await system[Symbol.asyncDispose]();
});

const EVENT = { timestamp: '2026-01-01T00:00:00Z', source_app: 'hostile', event_type: 'Stop' };

/** The status of the first answer, and all that came with it. */
async function answerTo(bytes: Uint8Array): Promise<{ readonly status: number | 'closed'; readonly text: string }> {
  const socket = connect(system.port, '127.0.0.1');
  socket.on('error', () => {});
  let text = '';
  const answered = new Promise<void>((resolve) => {
    socket.on('close', () => resolve());
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      if (text.includes('\r\n\r\n')) resolve();
    });
  });
  socket.write(bytes);
  await answered;
  socket.destroy();
  return { status: text === '' ? 'closed' : Number(text.split(' ')[1]), text };
}

function postJson(path: string, body: string): Promise<Response> {
  return fetch(`${system.server.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
}

async function readJson<Body>(path: string): Promise<Body> {
  return (await (await fetch(`${system.server.url}${path}`)).json()) as Body;
}

/** How much of what these requests could bring there is. */
async function stored(): Promise<readonly unknown[]> {
  const { total } = await readJson<{ total: number }>('/events/recent?limit=1');
  const { total_messages } = await readJson<{ total_messages: number }>('/api/metrics');
  const { services } = await readJson<{ services: readonly object[] }>('/reconciliation/latest');
  return [total, total_messages, services.length];
}

describe('a request', () => {
  test.each(REQUEST_CASES)('with $group: $name is answered $status', async ({ bytes, status }) => {
    const answer = await answerTo(bytes);
    expect(answer.status).toBe(status);
    // Neither sources nor paths of this machine.
    expect(answer.text).not.toMatch(/\bat .*\.ts\b|<!doctype|node_modules/i);
    await system.expectHealthy();
    passed += 1;
  });

  test('behind another one in the same connection is answered after it', async () => {
    const one = 'GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n';
    const socket = connect(system.port, '127.0.0.1');
    let text = '';
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
    });
    socket.write(one.repeat(50));
    await expect.poll(() => text.match(/HTTP\/1\.1 200/g)?.length).toBe(50);
    socket.destroy();
  });

  test('whose headers or body never end is let go, and holds nobody up', async () => {
    const slow = [
      'GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ',
      'POST /events HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{',
    ].flatMap((start) => Array.from({ length: 20 }, () => start));
    const sockets = slow.map((start) => {
      const socket = connect(system.port, '127.0.0.1');
      socket.on('error', () => {});
      socket.resume();
      socket.write(start);
      return socket;
    });
    const stop = new AbortController();
    // A byte every second: a deadline that each byte moves would never come.
    const trickle = (async () => {
      while (!stop.signal.aborted) {
        for (const socket of sockets) if (socket.writable) socket.write('a');
        await system.expectHealthy();
        await delay(1_000, undefined, { signal: stop.signal }).catch(() => {});
      }
    })();
    await Promise.all(sockets.map((socket) => once(socket, 'close', { signal: AbortSignal.timeout(90_000) })));
    stop.abort();
    await trickle;
  });
});

describe('JSON', () => {
  test.each(JSON_CASES)('to $path with $name is answered $status', async ({ path, text, status }) => {
    const before = await stored();
    const answer = await postJson(path, text);
    expect(answer.status).toBe(status);
    expect(await stored()).toEqual(before);
    await system.expectHealthy();
    passed += 1;
  });

  test('reaches no prototype', async () => {
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
    expect((await readJson<{ kpis: { isAdmin?: boolean } }>('/api/ops')).kpis.isAdmin).toBeUndefined();
  });

  test('with the same key twice means the last one', async () => {
    const text = `{"source_app":"first",${JSON.stringify({ ...EVENT, source_app: 'second' }).slice(1)}`;
    expect(await (await postJson('/events', text)).json()).toMatchObject({ source_app: 'second' });
  });

  test('says of a member of another type what it is, and of none that it is required', async () => {
    const issuesOf = async (members: object) => {
      const answer = await postJson('/events', JSON.stringify({ ...EVENT, ...members }));
      return ((await answer.json()) as { details: { issues: { message: string }[] } }).details.issues;
    };
    expect(await issuesOf({ source_app: undefined })).toEqual([{ path: 'source_app', message: 'is required' }]);
    expect(await issuesOf({ source_app: 5 })).toEqual([
      { path: 'source_app', message: 'Invalid input: expected string, received number' },
    ]);
  });

  test('with half characters, NUL and beyond in a text comes back as it was, everywhere', async () => {
    const summary = 'a\ud800b\u0000c\udfff\uffff\u2028\ufeff';
    const posted = (await (await postJson('/events', JSON.stringify({ ...EVENT, summary }))).json()) as { id: number };
    expect(posted).toMatchObject({ summary });
    const recent = await readJson<{ events: object[] }>('/events/recent?limit=1');
    expect(recent.events).toEqual([posted]);
    const page = await readJson<{ events: { data: object }[] }>(`/stream?cursor=earliest`);
    expect(page.events.map(({ data }) => data)).toContainEqual(posted);
  });

  test('of a hook with half a character in a name shows one name everywhere', async () => {
    const hook = { hook_event_name: 'Stop', session_id: 'half \ud800 name', cwd: '/x' };
    expect((await postJson('/hooks/claude-code', JSON.stringify(hook))).status).toBe(200);
    await expect
      .poll(async () => (await readJson<{ session_ids: string[] }>('/events/filter-options')).session_ids)
      .toContain('half \ufffd name');
    const name = encodeURIComponent('half \ufffd name');
    const { events } = await readJson<{ events: object[] }>(`/events/recent?session_id=${name}`);
    expect(events).toMatchObject([{ session_id: 'half \ufffd name' }]);
  });
});
