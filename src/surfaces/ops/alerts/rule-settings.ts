import * as z from 'zod';
import { severitySchema } from '../events.ts';
import { OVERFLOW_CODE } from './alert-fold.ts';
import { BUILT_IN_RULES, type EventRule, type RecordMatch } from './alert-rules.ts';

/** Most rules that a configuration adds, and how large each may be. */
export const RULE_LIMITS = {
  rules: 50,
  matches: 10,
  comparisons: 10,
  values: 50,
  count: 100,
  windowS: 86_400,
} as const;

const CODE = /^[a-z0-9][a-z0-9-]{0,63}$/;
const TYPE = /^[a-z0-9][a-z0-9._-]{0,99}$/;
const PATH = /^[^{}\p{Cc}]{1,200}$/u;
const LINK = /^\/(?![/\\])[^\s\\]{0,500}$/;
const TAKEN = new Set([...BUILT_IN_RULES.map(({ code }) => code), OVERFLOW_CODE]);

const severity = z.enum(severitySchema.options);
const words = (most: number) => z.string().trim().min(1, 'must not be empty').max(most, `at most ${most} characters`);
const scalar = z.union([z.string().max(1_000), z.number(), z.boolean(), z.null()]);
const path = z.string().regex(PATH, 'must be the path of a member such as status or comment.status');

const comparisonSchema = z.discriminatedUnion('op', [
  z.strictObject({ path, op: z.literal(['eq', 'ne']), value: scalar }),
  z.strictObject({ path, op: z.literal(['gt', 'lt']), value: z.number() }),
  z.strictObject({ path, op: z.literal('in'), value: z.array(scalar).min(1).max(RULE_LIMITS.values) }),
  z.strictObject({ path, op: z.literal('exists'), value: z.boolean().default(true) }),
]);

const matchSchema = z
  .strictObject({
    type: z
      .string()
      .regex(TYPE, 'must be a type of records such as observability.recorded')
      .refine((type) => !type.startsWith('ops.alert'), 'alerts raise no alerts'),
    where: z.array(comparisonSchema).max(RULE_LIMITS.comparisons).default([]),
    severity: severity.optional(),
  })
  .transform(({ severity, ...match }): RecordMatch => ({ ...match, ...(severity === undefined ? {} : { severity }) }));
const matchesSchema = z.array(matchSchema).min(1).max(RULE_LIMITS.matches);

const ruleSchema = z
  .strictObject({
    code: z
      .string()
      .regex(CODE, 'must be 1 to 64 lower-case letters, digits and hyphens, the first no hyphen')
      .refine((code) => !TAKEN.has(code), 'is the code of a built-in rule'),
    severity: severity.default('warning'),
    cause: words(200).optional(),
    title: words(200).optional(),
    message: words(1_000).optional(),
    link: z.string().regex(LINK, 'must be a path such as /events').nullable().default(null),
    when: matchesSchema,
    count: z.number().int().min(1).max(RULE_LIMITS.count).default(1),
    window_s: z.number().positive().max(RULE_LIMITS.windowS).optional(),
    clear: matchesSchema.optional(),
    clear_after_s: z
      .number()
      .positive()
      .max(30 * RULE_LIMITS.windowS)
      .optional(),
  })
  .transform(
    ({ code, cause = code, title = code, message, window_s, clear, clear_after_s, ...rule }): EventRule => ({
      kind: 'event',
      ...rule,
      code,
      cause,
      title,
      message: message ?? `The rule ${code} of this installation was met.`,
      ...(window_s === undefined ? {} : { windowMs: window_s * 1_000 }),
      ...(clear === undefined ? {} : { clear }),
      ...(clear_after_s === undefined ? {} : { clearAfterMs: clear_after_s * 1_000 }),
    }),
  );

/** The value of `MILLRACE_ALERT_RULES`: rules over records of the log, beside the built-in ones. */
export const alertRulesSchema = z
  .array(ruleSchema)
  .max(RULE_LIMITS.rules, `at most ${RULE_LIMITS.rules} rules`)
  .refine((rules) => new Set(rules.map(({ code }) => code)).size === rules.length, 'two of them have the same code');
