import type * as z from 'zod';

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

export interface Issue {
  readonly path: string;
  readonly message: string;
}

export type ParsedInput =
  | { readonly ok: true; readonly event: EventInput; readonly shape: 'event' | 'hook-script' }
  | { readonly ok: false; readonly issues: readonly Issue[] };

/** Text of the event for the log. `JSON.stringify` leaves out members that are `undefined`. */
export function encodeEventInput(event: EventInput): string {
  return JSON.stringify(event);
}

export function issuesOf(error: z.ZodError): readonly Issue[] {
  return error.issues.map((issue) => ({
    path: issue.path.join('.'),
    message: issue.code === 'invalid_type' && issue.input === undefined ? 'is required' : issue.message,
  }));
}
