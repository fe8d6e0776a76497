import * as z from 'zod';
import { issuesOf } from '../../engine/http/issues.ts';
import type { ParsedInput } from './event-input.ts';
import { hookEvent } from './hook-payload.ts';

/**
 * What the hook scripts of claude-code-hooks-multi-agent-observability, and the many copies of them, post: the hook's
 * input as `payload`, beside members that repeat parts of it.
 */
const hookScriptSchema = z.looseObject({
  source_app: z.string().regex(/\S/, 'must not be empty'),
  session_id: z.string().regex(/\S/, 'must not be empty'),
  hook_event_type: z.string().regex(/\S/, 'must not be empty'),
  payload: z.record(z.string(), z.unknown()),
  /** Milliseconds since 1970; the time of arrival when it is missing. */
  timestamp: z.number().int().min(0).max(8_640_000_000_000_000).nullish(),
  summary: z.string().nullish(),
  model_name: z.string().nullish(),
  chat: z.array(z.unknown()).nullish(),
});

/** Members that newer scripts repeat outside the payload. */
const REPEATED = [
  'tool_name',
  'tool_use_id',
  'error',
  'agent_id',
  'agent_type',
  'notification_type',
  'source',
  'reason',
];

export function isHookScript(value: Readonly<Record<string, unknown>>): boolean {
  return 'hook_event_type' in value && !('event_type' in value);
}

export function parseHookScript(value: Readonly<Record<string, unknown>>, now: number): ParsedInput {
  const result = hookScriptSchema.safeParse(value);
  if (!result.success) return { ok: false, issues: issuesOf(result.error) };
  const { source_app, session_id, hook_event_type, payload, timestamp, summary, model_name, chat } = result.data;
  const repeated = Object.fromEntries(REPEATED.flatMap((key) => (key in value ? [[key, value[key]]] : [])));
  const event = hookEvent({
    timestamp: new Date(timestamp ?? now).toISOString(),
    sourceApp: source_app,
    eventType: hook_event_type,
    payload: { ...repeated, ...payload, session_id },
    extra: { ...(model_name ? { model_name } : {}), ...(chat ? { chat } : {}) },
    summary: summary ?? undefined,
  });
  return { ok: true, event, shape: 'hook-script' };
}
