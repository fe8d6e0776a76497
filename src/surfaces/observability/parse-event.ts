import * as z from 'zod';
import { issuesOf } from '../../engine/http/issues.ts';
import { isJsonObject, unsafeJson } from '../../engine/http/json-safety.ts';
import type { EventInput, ParsedInput } from './event-input.ts';
import { EVENT_LIMITS } from './events.ts';
import { isHookScript, parseHookScript } from './hook-script.ts';

/** Not blank, and nothing a terminal, a log line or a column of the database could stumble over. */
const NAME = /^(?=.*\S)[^\p{Cc}\p{Cs}]+$/u;
const HAS_ZONE = /(?:Z|[+-]\d{2}:\d{2})$/;

function name(cap: number) {
  return z
    .string()
    .max(cap, `at most ${cap} characters`)
    .regex(NAME, 'must not be empty, blank, hold control characters or half characters');
}

/** A time without a zone is read as UTC, and says so from then on. */
const timestampSchema = z
  .string()
  .max(EVENT_LIMITS.timestamp, `at most ${EVENT_LIMITS.timestamp} characters`)
  .pipe(
    z.iso.datetime({ offset: true, local: true, error: 'must be a time in ISO 8601, like 2025-10-21T10:30:45.123Z' }),
  )
  .transform((text) => (HAS_ZONE.test(text) ? text : `${text}Z`));

const metadataSchema = z
  .string('must be a string that holds JSON')
  .max(EVENT_LIMITS.metadata, `at most ${EVENT_LIMITS.metadata} characters`)
  .check((check) => {
    const problem = metadataProblem(check.value);
    if (problem !== undefined) check.issues.push({ code: 'custom', input: check.value, message: problem });
  });

// `null` stands for "none": that is how several languages write an optional member that isn't set.
const eventInputSchema = z.object({
  timestamp: timestampSchema,
  source_app: name(EVENT_LIMITS.source_app),
  event_type: name(EVENT_LIMITS.event_type),
  tool_name: name(EVENT_LIMITS.tool_name).nullish(),
  summary: z.string().max(EVENT_LIMITS.summary, `at most ${EVENT_LIMITS.summary} characters`).nullish(),
  session_id: name(EVENT_LIMITS.session_id).nullish(),
  metadata: metadataSchema.nullish(),
  agent_id: name(EVENT_LIMITS.agent_id).nullish(),
  agent_type: name(EVENT_LIMITS.agent_type).nullish(),
});

/**
 * Checks one event as sent to `POST /events`, in the form of specs/004 or of the widespread hook scripts. Unknown
 * members are ignored, as a newer sender may know more than this server.
 */
export function parseEventInput(value: unknown, now: number): ParsedInput {
  if (!isJsonObject(value)) return refused('', 'must be a JSON object');
  const unsafe = unsafeJson(value);
  if (unsafe !== undefined) return refused('', unsafe);
  if (isHookScript(value)) return parseHookScript(value, now);
  const result = eventInputSchema.safeParse(value);
  if (!result.success) return { ok: false, issues: issuesOf(result.error) };
  return { ok: true, event: withoutNulls(result.data), shape: 'event' };
}

function refused(path: string, message: string): ParsedInput {
  return { ok: false, issues: [{ path, message }] };
}

function withoutNulls(data: z.infer<typeof eventInputSchema>): EventInput {
  return {
    timestamp: data.timestamp,
    source_app: data.source_app,
    event_type: data.event_type,
    tool_name: data.tool_name ?? undefined,
    summary: data.summary ?? undefined,
    session_id: data.session_id ?? undefined,
    metadata: data.metadata ?? undefined,
    agent_id: data.agent_id ?? undefined,
    agent_type: data.agent_type ?? undefined,
  };
}

function metadataProblem(text: string): string | undefined {
  try {
    return unsafeJson(JSON.parse(text));
  } catch {
    return 'must hold valid JSON';
  }
}
