import { clip, compactJson } from './compact-json.ts';
import type { EventInput } from './event-input.ts';
import { EVENT_LIMITS } from './events.ts';
import { summarizeHook } from './hook-summary.ts';

/** Longest metadata kept of a hook's payload; every client of `/stream` receives it. */
export const HOOK_METADATA_LENGTH = 65_536;

export interface HookFacts {
  readonly timestamp: string;
  readonly sourceApp: string;
  readonly eventType: string;
  /** What the hook was given, see the fixtures. */
  readonly payload: Readonly<Record<string, unknown>>;
  /** Kept in the metadata beside the payload's members. Default: nothing. */
  readonly extra?: Readonly<Record<string, unknown>>;
  /** Default: made from the payload. */
  readonly summary?: string | undefined;
}

/** The event that stands for one call of a hook. Names are cut and cleaned rather than refused: an agent can't fix them. */
export function hookEvent({ timestamp, sourceApp, eventType, payload, extra, summary }: HookFacts): EventInput {
  const line = summary ?? summarizeHook(eventType, payload);
  return {
    timestamp,
    source_app: cleanName(sourceApp, EVENT_LIMITS.source_app) ?? 'unknown',
    event_type: cleanName(eventType, EVENT_LIMITS.event_type) ?? 'unknown',
    tool_name: cleanName(payload.tool_name, EVENT_LIMITS.tool_name),
    summary: line === undefined ? undefined : clip(line, EVENT_LIMITS.summary),
    session_id: cleanName(payload.session_id, EVENT_LIMITS.session_id),
    metadata: compactJson({ ...extra, ...payload }, HOOK_METADATA_LENGTH),
    agent_id: cleanName(payload.agent_id, EVENT_LIMITS.agent_id),
    agent_type: cleanName(payload.agent_type, EVENT_LIMITS.agent_type),
  };
}

/** The text as a name, or `undefined` when nothing readable is left of it. */
export function cleanName(value: unknown, cap: number): string | undefined {
  if (typeof value !== 'string') return undefined;
  const name = value.replace(/\p{Cc}+/gu, ' ').trim();
  return name === '' ? undefined : clip(name, cap).toWellFormed();
}
