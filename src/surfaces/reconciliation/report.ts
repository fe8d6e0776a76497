import * as z from 'zod';
import { type Issue, invalidRequest, issuesOf } from '../../engine/http/issues.ts';
import { assertRealJson, type JsonBody } from '../../engine/http/read-json.ts';
import type { Counts } from './events.ts';
import { REPORT_LIMITS } from './limits.ts';

/** What one side of a service says. */
export interface ReportedSide {
  readonly counts: Counts;
  readonly jobIds?: readonly string[];
}

/** A report; Millrace's own checks give both sides at once, so that no new side is compared with an old one. */
export interface Report {
  readonly service: string;
  readonly expected?: ReportedSide;
  readonly actual?: ReportedSide;
  readonly latencyMs?: number;
  /** By the sender's clock, in milliseconds since 1970. */
  readonly reportedAt?: number;
}

/** Names under which Millrace reports on itself; nobody else may. */
export const OWN_SERVICES = 'millrace/';

/** What a refusal lists, at most. */
const MAX_ISSUES = 10;

/** Not blank, and nothing a terminal or a log line could stumble over. */
const NAME = /^(?=.*\S)\P{Cc}+$/u;
const HAS_ZONE = /(?:Z|[+-]\d{2}:\d{2})$/;
const { countKeys, countKey, jobIds, jobId, service } = REPORT_LIMITS;

const text = (cap: number) =>
  z
    .string('must be a string')
    .max(cap, `at most ${cap} characters`)
    .regex(NAME, 'must not be empty, blank or hold control characters')
    .refine((value) => value.isWellFormed(), 'must be well-formed Unicode');

const amount = z
  .number('must be a number')
  .min(0, 'must not be negative')
  .max(Number.MAX_SAFE_INTEGER, `must be at most ${Number.MAX_SAFE_INTEGER}`);

const countsSchema = z
  .record(z.string(), z.unknown(), 'must be an object of numbers')
  // Before each one is looked at: a refusal must not name ten thousand of them.
  .refine((counts) => Object.keys(counts).length <= countKeys, {
    message: `at most ${countKeys} keys`,
    abort: true,
  })
  .pipe(z.record(text(countKey), amount));

const reportSchema = z.object({
  service: text(service).refine((name) => !name.startsWith(OWN_SERVICES), {
    message: `names that begin with ${OWN_SERVICES} are Millrace's own`,
  }),
  side: z.enum(['expected', 'actual'], 'must be "expected" or "actual"'),
  counts: countsSchema,
  jobIds: z
    .array(z.unknown(), 'must be an array of strings')
    .max(jobIds, { message: `at most ${jobIds} ids`, abort: true })
    .pipe(z.array(text(jobId)))
    .optional(),
  latencyMs: amount.optional(),
  reportedAt: z.iso
    .datetime({ offset: true, local: true, error: 'must be a time in ISO 8601, like 2026-01-31T10:30:45.123Z' })
    .transform((time) => Date.parse(HAS_ZONE.test(time) ? time : `${time}Z`))
    .optional(),
});

/** Checks a report as sent to `POST /reconciliation/reports`; throws `invalid_request` naming what is wrong. */
export function parseReport(body: JsonBody): Report {
  const result = reportSchema.safeParse(body.value);
  if (!result.success) throw invalidRequest(issuesOf(result.error).slice(0, MAX_ISSUES).map(shorten));
  assertRealJson(body);
  const { service, side, counts, jobIds, latencyMs, reportedAt } = result.data;
  return {
    service,
    [side]: { counts, ...(jobIds === undefined ? {} : { jobIds }) },
    ...(latencyMs === undefined ? {} : { latencyMs }),
    ...(reportedAt === undefined ? {} : { reportedAt }),
  };
}

/** A key that is refused for its length is not sent back whole. */
function shorten({ path, message }: Issue): Issue {
  return { path: path.slice(0, countKey), message };
}
