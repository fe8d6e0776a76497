import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import type { Criterion } from '../criterion.ts';
import type { FeedMessage } from '../probes/feed-messages.ts';
import type { Probe } from '../probes/probe.ts';
import { expectEqual, expectShape, expectThat } from '../verdict.ts';

const STREAM = '/reconciliation/stream';
const countsSchema = z.record(z.string(), z.number());

/** `reconciliationEventSchema` of spec 001; more members are allowed. */
const updateSchema = z.looseObject({
  eventId: z.string(),
  service: z.string(),
  status: z.enum(['verified', 'stale', 'discrepancy']),
  counts: countsSchema,
  checksum: z.string(),
  latencyMs: z.number(),
  discrepancyDetails: z.optional(
    z.looseObject({ expected: countsSchema, actual: countsSchema, missingJobIds: z.array(z.string()) }),
  ),
});
const acceptedSchema = z.looseObject({ eventId: z.string(), status: z.enum(['verified', 'stale', 'discrepancy']) });
const latestSchema = z.looseObject({ services: z.array(updateSchema), cursor: z.string() });
const auditSchema = z.looseObject({
  data: z.array(z.looseObject({})),
  meta: z.looseObject({ page: z.number(), limit: z.number(), total: z.number(), totalPages: z.number() }),
});

/** "the event is received via SSE within 1 second". */
const RECEIVED_MS = 1_000;
/** "Server sends heartbeat every 15s", and a second for the way. */
const HEARTBEAT_MS = 16_000;
/** `MILLRACE_STALE_AFTER_MS` is 15 s by default. */
const STALE_MS = 20_000;

/** Spec 001. */
export const reconciliationCriteria: readonly Criterion[] = [
  {
    name: 'AC-1',
    words: 'When the Unified API emits a reconciliation event Then the event is received via SSE within 1 second.',
    async judge(probe) {
      const feed = await probe.feed(STREAM, 'sse');
      const service = probe.freshName();
      await report(probe, { service, side: 'expected', counts: { invoices: 1 } });
      await feed.until('reconciliation.update of the service', RECEIVED_MS, updateOf(service));
    },
  },
  {
    name: 'event-schema',
    words: 'SSE Event Schema: eventId, service, status, counts, checksum, latencyMs, discrepancyDetails.',
    async judge(probe) {
      const stream = await probe.stream(STREAM);
      const service = probe.freshName();
      await report(probe, { service, side: 'expected', counts: { b: 2, a: 1 } });
      await report(probe, { service, side: 'actual', counts: { b: 2, a: 1 } });
      const events = await stream.events.until('two updates', probe.limit(5_000), (all) => {
        const mine = all.filter(({ data }) => (JSON.parse(data) as FeedMessage).service === service);
        return mine.length >= 2 && mine;
      });
      for (const { event, data } of events) {
        expectEqual(event, 'reconciliation.update', 'event:');
        expectShape(JSON.parse(data), updateSchema, 'the data of reconciliation.update');
      }
    },
  },
  {
    name: 'verified',
    words: 'Equal → `verified`. `checksum` is SHA-256 over the canonical JSON (RFC 8785) of the actual counts.',
    async judge(probe) {
      const service = probe.freshName();
      await report(probe, { service, side: 'expected', counts: { b: 2, a: 1 } });
      const { status } = await report(probe, { service, side: 'actual', counts: { b: 2, a: 1 } });
      expectEqual(status, 'verified', 'the status of the second report');
      const update = await latestOf(probe, service);
      expectEqual(update.status, 'verified', 'the latest status');
      const checksum = createHash('sha256').update('{"a":1,"b":2}').digest('hex');
      expectEqual(update.checksum, checksum, 'the checksum of {"a":1,"b":2}');
      expectEqual(update.discrepancyDetails, undefined, 'discrepancyDetails of what agrees');
    },
  },
  {
    name: 'discrepancy',
    words: 'Different → `discrepancy` with `expected`, `actual`, `missingJobIds` (in expected, not in actual).',
    async judge(probe) {
      const feed = await probe.feed(STREAM, 'sse');
      const service = probe.freshName();
      await report(probe, { service, side: 'expected', counts: { invoices: 3 }, jobIds: ['a', 'b', 'c'] });
      await report(probe, { service, side: 'actual', counts: { invoices: 2 }, jobIds: ['c', 'a', 'd'] });
      const update = await feed.until('discrepancy', RECEIVED_MS, (all) =>
        all.find((one) => one.service === service && one.status === 'discrepancy'),
      );
      const details = { expected: { invoices: 3 }, actual: { invoices: 2 }, missingJobIds: ['b'] };
      expectEqual(update.discrepancyDetails, details, 'discrepancyDetails');
      expectEqual(update.counts, { invoices: 2 }, 'counts');
    },
  },
  {
    name: 'AC-3',
    words: 'The server sends a heartbeat event: `event: heartbeat` every 15s.',
    isSlow: true,
    async judge(probe) {
      const stream = await probe.stream(STREAM);
      const beat = await stream.events.until('heartbeat', probe.limit(HEARTBEAT_MS), (all) =>
        all.find(({ event }) => event === 'heartbeat'),
      );
      expectShape(JSON.parse(beat.data), z.looseObject({ at: z.string() }), 'the data of the heartbeat');
    },
  },
  {
    name: 'stale',
    words: 'no report for `MILLRACE_STALE_AFTER_MS` → `stale`.',
    isSlow: true,
    async judge(probe) {
      const feed = await probe.feed(STREAM, 'sse');
      const service = probe.freshName();
      for (const side of ['expected', 'actual']) await report(probe, { service, side, counts: { n: 1 } });
      await feed.until('verified update', 5_000, (all) =>
        all.some((one) => one.service === service && one.status === 'verified'),
      );
      await feed.until('stale update of a service that went silent', STALE_MS, (all) => {
        const mine = all.filter((one) => one.service === service);
        return mine.at(-1)?.status === 'stale';
      });
    },
  },
  {
    name: 'poll-target',
    words:
      "System falls back to 10s polling: `GET /reconciliation/latest` → every service's latest state with `cursor` (the poll target).",
    async judge(probe) {
      const services = [probe.freshName(), probe.freshName()];
      for (const service of services) await report(probe, { service, side: 'actual', counts: { n: 1 } });
      const { services: found, cursor } = expectShape(
        (await probe.ask('/reconciliation/latest')).json(),
        latestSchema,
        'GET /reconciliation/latest',
      );
      const names = found.map(({ service }) => service);
      expectThat(
        services.every((service) => names.includes(service)),
        'a service that has reported is not there',
      );
      expectEqual(names.length, new Set(names).size, 'rows, against services');
      const [service = ''] = services;
      await report(probe, { service, side: 'expected', counts: { n: 1 } });
      const feed = await probe.feed(STREAM, 'sse', { query: { cursor } });
      await feed.until('update after the cursor of the poll target', 5_000, (all) =>
        all.some((one) => one.service === service && one.status === 'verified'),
      );
    },
  },
  {
    name: 'audit',
    words:
      '`GET /reconciliation/audit?page=1&limit=50&service=&status=&from=&to=` → `{"data":[…],"meta":{"page","limit","total","totalPages"}}`',
    async judge(probe) {
      const service = probe.freshName();
      for (const n of [1, 2, 3]) await report(probe, { service, side: 'actual', counts: { n } });
      const page = async (query: string) =>
        expectShape((await probe.ask(`/reconciliation/audit?service=${service}&${query}`)).json(), auditSchema, query);
      const first = await page('page=1&limit=2');
      const second = await page('page=2&limit=2');
      expectEqual(first.meta, { ...first.meta, page: 1, limit: 2, total: 3, totalPages: 2 }, 'meta of the first page');
      expectEqual([first.data.length, second.data.length], [2, 1], 'rows of the two pages');
      const counts = [...first.data, ...second.data].map(({ counts: counted }) => (counted as { n?: number })?.n);
      expectEqual(counts, [3, 2, 1], 'the counts, newest first');
      expectEqual((await page('status=verified')).meta.total, 0, 'total of another status');
      expectEqual((await page('from=2100-01-01T00:00:00Z')).meta.total, 0, 'total of another time');
    },
  },
  {
    name: 'client-error',
    words: '`POST /audit/client-error` → 202; one log line and an audit entry.',
    async judge(probe) {
      const message = `an error of ${probe.freshName()}`;
      const answer = await probe.post('/audit/client-error', { message });
      expectEqual(answer.status, 202, 'the status');
      const audit = await probe.ask('/reconciliation/audit?limit=50');
      expectThat(audit.text.includes(message), 'the audit lacks the error');
    },
  },
  {
    name: 'bad-report',
    words:
      '`{"service","side":"expected"|"actual","counts":{…}}`: what is none of these is refused and stored nowhere.',
    async judge(probe) {
      const service = probe.freshName();
      for (const body of [
        { service, side: 'neither', counts: {} },
        { service, side: 'actual' },
        { service, side: 'actual', counts: { n: 'many' } },
        { side: 'actual', counts: { n: 1 } },
      ]) {
        const answer = await probe.post('/reconciliation/reports', body);
        expectEqual(answer.status, 400, `the status for ${JSON.stringify(body)}`);
      }
      const { services } = (await probe.ask('/reconciliation/latest')).json() as {
        services: readonly { service: string }[];
      };
      expectThat(!services.some((one) => one.service === service), 'a refused report was stored');
    },
  },
];

async function report(probe: Probe, body: unknown) {
  const answer = await probe.post('/reconciliation/reports', body);
  expectThat(answer.status === 202, `a report was answered ${answer.status} ${answer.text.slice(0, 200)}`);
  return expectShape(answer.json(), acceptedSchema, 'the answer to a report');
}

async function latestOf(probe: Probe, service: string) {
  const latest = expectShape((await probe.ask('/reconciliation/latest')).json(), latestSchema, 'the latest states');
  const update = latest.services.find((one) => one.service === service);
  expectThat(update !== undefined, `${service} is not among the latest states`);
  return update;
}

function updateOf(service: string) {
  return (all: readonly FeedMessage[]) =>
    all.find((one) => one.type === 'reconciliation.update' && one.service === service);
}
