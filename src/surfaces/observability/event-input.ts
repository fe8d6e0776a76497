import type { Issue } from '../../engine/http/issues.ts';

/** An event as its sender gives it: an `ObservedEvent` before the log has numbered it. */
export interface EventInput {
  readonly timestamp: string;
  readonly source_app: string;
  readonly event_type: string;
  readonly tool_name?: string | undefined;
  readonly summary?: string | undefined;
  readonly session_id?: string | undefined;
  readonly metadata?: string | undefined;
  readonly agent_id?: string | undefined;
  readonly agent_type?: string | undefined;
}

export type ParsedInput =
  | { readonly ok: true; readonly event: EventInput; readonly shape: 'event' | 'hook-script' }
  | { readonly ok: false; readonly issues: readonly Issue[] };

/** Text of the event for the log. `JSON.stringify` leaves out members that are `undefined`. */
export function encodeEventInput(event: EventInput): string {
  return JSON.stringify(event);
}
