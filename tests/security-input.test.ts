import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { JSON_TYPE, type SecurityServers, securityServers } from './support/security-servers.ts';

// Lines 5 to 8 of the security checklist: what clients send.

let servers: SecurityServers;

beforeAll(async () => {
  servers = await securityServers();
});

afterAll(async () => {
  await servers[Symbol.asyncDispose]();
});

const POST = { method: 'POST', headers: JSON_TYPE };
const event = { timestamp: '2026-01-01T00:00:00Z', source_app: 'test', event_type: 'Stop' };

describe('5. what clients send', () => {
  const ended = async (messages: readonly string[]) => {
    const socket = new WebSocket(`${servers.local.url.replace('http:', 'ws:')}/stream`);
    await once(socket, 'open');
    const closed = once(socket, 'close') as Promise<[CloseEvent]>;
    for (const message of messages) socket.send(message);
    return { code: (await closed)[0].code, extensions: socket.extensions };
  };

  test('is 64 KiB a message at most, and never deflated', async () => {
    const { code, extensions } = await ended(['x'.repeat(64 * 1024 + 1)]);
    expect([1009, 1006]).toContain(code);
    expect(extensions).toBe('');
  });

  test('is so many messages a second at most, tokens included', async () => {
    const many = Array.from({ length: 400 }, () => '{"type":"auth","token":"x"}');
    expect((await ended(many)).code).toBe(1008);
  });
});

describe('6. filters', () => {
  test('are data: what looks like a pattern is found as it stands, and costs no more', async () => {
    for (const summary of ['aaaa', 'a.* and %_']) {
      expect(
        (await fetch(`${servers.local.url}/events`, { ...POST, body: JSON.stringify({ ...event, summary }) })).status,
      ).toBe(201);
    }
    const found = async (q: string) => {
      const answer = await fetch(`${servers.local.url}/events/recent?q=${encodeURIComponent(q)}`);
      return ((await answer.json()) as { events: { summary: string }[] }).events.map(({ summary }) => summary);
    };
    expect(await found('a.*')).toEqual(['a.* and %_']);
    expect(await found('%')).toEqual(['a.* and %_']);
    expect(await found('(a+)+$')).toEqual([]);
  });
});

describe('7. server-sent events', () => {
  test('are one line of JSON each, whatever is in them', async () => {
    const summary = 'one\r\nevent: close\ndata: forged\n\n\u2028two';
    const posted = await fetch(`${servers.local.url}/events`, { ...POST, body: JSON.stringify({ ...event, summary }) });
    expect(posted.status).toBe(201);
    const stream = await fetch(`${servers.local.url}/stream?cursor=earliest`, {
      headers: { accept: 'text/event-stream' },
      signal: AbortSignal.timeout(10_000),
    });
    let text = '';
    for await (const chunk of stream.body ?? []) {
      text += new TextDecoder().decode(chunk);
      if (text.includes('forged')) break;
    }
    expect(text.split(/\r\n|\r|\n/).filter((line) => /^(event: close|id: forged|data: forged)/.test(line))).toEqual([]);
  });
});

describe('8. JSON', () => {
  test('of another kind than data is refused, and changes nothing', async () => {
    const bodies = [
      '{"service":"x","side":"actual","counts":{"__proto__":1}}',
      '{"service":"x","side":"actual","counts":{"constructor":1}}',
      `{"service":"x","side":"actual","counts":{"a":1},"more":${'['.repeat(5_000)}${']'.repeat(5_000)}}`,
    ];
    for (const body of bodies) {
      expect(
        (await fetch(`${servers.local.url}/reconciliation/reports`, { ...POST, body })).status,
        body.slice(0, 80),
      ).toBe(400);
    }
    const large = await fetch(`${servers.local.url}/events`, {
      ...POST,
      body: `{"x":"${'y'.repeat(2 * 1024 * 1024)}"}`,
    });
    expect(large.status).toBe(413);
  });
});
