import * as z from 'zod/mini';
import type { Criterion } from '../criterion.ts';
import type { Answer, Probe } from '../probes/probe.ts';
import { expectEqual, expectShape, expectThat } from '../verdict.ts';
import { eventSchema } from './event-stream.ts';
import { anEvent, publishEvents } from './publish.ts';

const NDJSON = { 'content-type': 'application/x-ndjson' };
/** Exactly these members: spec 004 shows no other. */
const validationErrorSchema = z.strictObject({
  error: z.literal('ValidationError'),
  message: z.string().check(z.minLength(1)),
  details: z.unknown(),
});
const recentSchema = z.looseObject({ events: z.array(eventSchema), total: z.number(), cursor: z.string() });

/** Spec 004: what takes events in, and what shows those that are stored. */
export const eventIngestCriteria: readonly Criterion[] = [
  {
    name: 'post-event',
    words: '`POST /events` — 201 and the stored Event.',
    async judge(probe) {
      const sent = anEvent({ session_id: probe.freshName(), summary: 'stored' });
      const answer = await probe.post('/events', sent);
      expectEqual(answer.status, 201, 'the status');
      const stored = expectShape(answer.json(), eventSchema, 'the stored event');
      expectEqual(stored.summary, sent.summary, 'the summary');
      const { events } = await recent(probe, `session_id=${sent.session_id}`);
      expectEqual(events, [stored], 'the events of the session in GET /events/recent');
    },
  },
  {
    name: 'post-event-validation',
    words:
      '400 `{"error":"ValidationError","message","details"}`. Required: `timestamp` (ISO 8601), `source_app`, `event_type`; `metadata` is a string holding valid JSON; `summary` ≤ 1000 characters.',
    async judge(probe) {
      const session_id = probe.freshName();
      const good = anEvent({ session_id });
      const bad: readonly (readonly [member: string, value: unknown])[] = [
        ['timestamp', undefined],
        ['timestamp', 'yesterday'],
        ['timestamp', 5],
        ['source_app', undefined],
        ['source_app', ''],
        ['event_type', undefined],
        ['event_type', 7],
        ['metadata', 'not json'],
        ['metadata', { an: 'object' }],
        ['summary', 'x'.repeat(1_001)],
      ];
      for (const [member, value] of bad) {
        const what = `${member}: ${String(JSON.stringify(value)).slice(0, 20)}`;
        const body = expectValidationError(await probe.post('/events', { ...good, [member]: value }), what);
        expectThat(JSON.stringify(body).includes(member), `the refusal of ${what} does not name ${member}`);
      }
      for (const text of ['', '{', 'null', '"text"', '[]']) {
        const answer = await probe.post('/events', text, { 'content-type': 'application/json' });
        expectValidationError(answer, `the body ${text || '(empty)'}`);
      }
      expectEqual((await recent(probe, `session_id=${session_id}`)).total, 0, 'events stored of what was refused');
      const longest = await probe.post('/events', { ...good, summary: 'x'.repeat(1_000) });
      expectEqual(longest.status, 201, 'the status for a summary of 1000 characters');
    },
  },
  {
    name: 'post-batch',
    words:
      'An array, or `application/x-ndjson`, is a batch: 201 `{"accepted":n,"first_id","last_id"}`, all or nothing; the error names the bad line.',
    async judge(probe) {
      const session_id = probe.freshName();
      const good = anEvent({ session_id });
      const lines = (...events: readonly unknown[]) => events.map((event) => JSON.stringify(event)).join('\n');
      const accepted = [
        await probe.post('/events', [good, good, good]),
        await probe.post('/events', lines(good, good, good), NDJSON),
      ];
      for (const answer of accepted) {
        expectEqual(answer.status, 201, 'the status');
        const { first_id, last_id, ...others } = answer.json();
        expectEqual(others.accepted, 3, 'accepted');
        expectThat(last_id - first_id >= 2, `first_id ${first_id} and last_id ${last_id} of three events`);
      }
      const bad = { ...good, timestamp: 'never' };
      const refused = await probe.post('/events', lines(good, bad, good), NDJSON);
      const body = expectValidationError(refused, 'a batch with a bad second line');
      expectThat(/\b2\b/.test(JSON.stringify(body)), `the error does not name line 2: ${refused.text.slice(0, 200)}`);
      expectValidationError(await probe.post('/events', [good, bad]), 'an array with a bad event');
      expectEqual((await recent(probe, `session_id=${session_id}`)).total, 6, 'events stored');
    },
  },
  {
    name: 'hook-scripts',
    words:
      'The shape of the widespread hook scripts (`hook_event_type`, `payload`, `timestamp` in ms) is accepted on the same URL and answered 200 with the stored event.',
    async judge(probe) {
      const session_id = probe.freshName();
      const answer = await probe.post('/events', {
        source_app: 'conformance',
        session_id,
        hook_event_type: 'PreToolUse',
        payload: { tool_name: 'Bash', tool_input: { command: 'npm test' } },
        timestamp: Date.now(),
      });
      expectEqual(answer.status, 200, 'the status');
      const stored = expectShape(answer.json(), eventSchema, 'the stored event');
      expectEqual([stored.event_type, stored.session_id], ['PreToolUse', session_id], 'event_type and session_id');
    },
  },
  {
    name: 'claude-code-hooks',
    words:
      "`POST /hooks/claude-code` — the JSON that Claude Code's hooks emit, as an HTTP hook or from `curl -d @-`: 200 `{}`.",
    async judge(probe) {
      const session_id = probe.freshName();
      const hook = {
        hook_event_name: 'PreToolUse',
        session_id,
        cwd: '/home/me/shop',
        tool_name: 'Bash',
        tool_input: { command: 'npm test' },
      };
      for (const type of ['application/json', 'application/x-www-form-urlencoded']) {
        const answer = await probe.post('/hooks/claude-code', JSON.stringify(hook), { 'content-type': type });
        expectEqual(answer.status, 200, `the status with ${type}`);
        expectEqual(answer.json(), {}, `the answer with ${type}`);
      }
      const end = performance.now() + probe.limit(5_000);
      let total = 0;
      while (total < 2 && performance.now() < end) total = (await recent(probe, `session_id=${session_id}`)).total;
      expectEqual(total, 2, 'events stored of two hooks');
    },
  },
  {
    name: 'recent',
    words:
      '`GET /events/recent?limit=50&after=<id>&before=<id>&source_app=&session_id=&event_type=&q=` → `{"events":[…],"total","cursor"}`',
    async judge(probe) {
      const { session, ids } = await publishEvents(probe, 5);
      const mine = `session_id=${session}`;
      const shown = async (query: string) => (await recent(probe, `${mine}&${query}`)).events.map(({ id }) => id);
      const [first, second, third, fourth, fifth] = ids;
      expectEqual(await shown(''), [...ids].reverse(), 'the newest first');
      expectEqual(await shown('limit=2'), [fifth, fourth], 'limit=2');
      expectEqual(await shown(`before=${third}`), [second, first], 'before the third');
      expectEqual((await shown(`after=${third}`)).sort(), [fourth, fifth].sort(), 'after the third');
      expectEqual(await shown('event_type=Stop'), [], 'of another type');
      expectEqual(await shown('source_app=another-app'), [], 'of another app');
      expectEqual((await recent(probe, `${mine}&limit=1`)).total, 5, 'total, which does not depend on the limit');
    },
  },
  {
    name: 'filter-options',
    words: '`GET /events/filter-options`',
    async judge(probe) {
      const { session } = await publishEvents(probe, 1);
      const options = (await probe.ask('/events/filter-options')).json();
      for (const [list, value] of [
        ['source_apps', 'conformance'],
        ['session_ids', session],
        ['event_types', 'PreToolUse'],
      ] as const) {
        expectThat(Array.isArray(options[list]) && options[list].includes(value), `${list} lacks ${value}`);
      }
    },
  },
  {
    name: 'sessions',
    words: '`GET /events/sessions`',
    async judge(probe) {
      const { session } = await publishEvents(probe, 2);
      const answer = await probe.ask('/events/sessions');
      expectEqual(answer.status, 200, 'the status');
      expectThat(answer.text.includes(session), `the sessions lack ${session}`);
      expectEqual(typeof answer.json().cursor, 'string', 'the type of cursor');
    },
  },
];

async function recent(probe: Probe, query: string) {
  const answer = await probe.ask(`/events/recent?${query}`);
  expectEqual(answer.status, 200, `the status of /events/recent?${query}`);
  return expectShape(answer.json(), recentSchema, `/events/recent?${query}`);
}

function expectValidationError(answer: Answer, what: string) {
  expectEqual(answer.status, 400, `the status for ${what}`);
  return expectShape(answer.json(), validationErrorSchema, `the refusal of ${what}`);
}
