import * as z from 'zod/mini';

/** Type of the surface's only log record. Its body is the event without `id` and `created_at`, which the log gives. */
export const RECORDED = 'observability.recorded';
export const OBSERVABILITY_CHANNEL = 'observability';

/** Caps of the members of an event, in UTF-16 code units; `summary` is fixed by specs/004, the others are ours. */
export const EVENT_LIMITS = {
  timestamp: 64,
  source_app: 200,
  event_type: 200,
  tool_name: 500,
  summary: 1_000,
  session_id: 200,
  agent_id: 200,
  agent_type: 200,
  metadata: 262_144,
} as const;

/** Most events that one answer of `GET /events/recent` holds. */
export const MAX_RECENT = 500;

/** A recorded event as every answer and the feed `/stream` show it (specs/004 "Schema"). */
export const observedEventSchema = z.object({
  /** Position in the log: unique, and growing in the order of the commits. */
  id: z.number(),
  /** When it happened, by the sender's clock; ISO 8601. */
  timestamp: z.string(),
  source_app: z.string(),
  event_type: z.string(),
  tool_name: z.optional(z.string()),
  summary: z.optional(z.string()),
  session_id: z.optional(z.string()),
  /** Text of one JSON value. */
  metadata: z.optional(z.string()),
  /** Which sub-agent of the session did it; absent for the main agent. */
  agent_id: z.optional(z.string()),
  agent_type: z.optional(z.string()),
  /** When it was committed, by the server's clock; ISO 8601. */
  created_at: z.string(),
});
export type ObservedEvent = z.infer<typeof observedEventSchema>;

/** One message of the feed `/stream`. `cursor` is the position after the event. */
export const streamMessageSchema = z.object({
  type: z.literal('event'),
  data: observedEventSchema,
  cursor: z.string(),
});
export type StreamMessage = z.infer<typeof streamMessageSchema>;

/** `POST /events` with a batch. */
export const batchAcceptedSchema = z.object({
  accepted: z.number(),
  first_id: z.number(),
  last_id: z.number(),
});
export type BatchAccepted = z.infer<typeof batchAcceptedSchema>;

/** `GET /events/recent`: newest first; `total` counts everything that matches the filters, not only this page. */
export const recentEventsSchema = z.object({
  events: z.array(observedEventSchema),
  total: z.number(),
  /** With `q`: the oldest id that was searched; `total` counts from there on. */
  searched_from: z.optional(z.number()),
  cursor: z.string(),
});
export type RecentEvents = z.infer<typeof recentEventsSchema>;

/** `GET /events/filter-options`: sorted names; sessions newest activity first, at most 500. */
export const filterOptionsSchema = z.object({
  source_apps: z.array(z.string()),
  session_ids: z.array(z.string()),
  event_types: z.array(z.string()),
  cursor: z.string(),
});
export type FilterOptions = z.infer<typeof filterOptionsSchema>;

export const agentSchema = z.object({
  agent_id: z.string(),
  agent_type: z.optional(z.string()),
  last_at: z.string(),
  event_count: z.number(),
  last_event_type: z.string(),
});
export type Agent = z.infer<typeof agentSchema>;

export const sessionSchema = z.object({
  session_id: z.string(),
  /** The app of the session's newest event. */
  source_app: z.string(),
  /** Commit time of the first and the newest event; ISO 8601. */
  first_at: z.string(),
  last_at: z.string(),
  /** Every event recorded for the session, those that retention has removed since included. */
  event_count: z.number(),
  last_event_type: z.string(),
  agent_count: z.number(),
  /** The session's sub-agents, newest activity first, at most 100 of them. */
  agents: z.array(agentSchema),
});
export type Session = z.infer<typeof sessionSchema>;

/** `GET /events/sessions`: newest activity first. */
export const sessionsSchema = z.object({ sessions: z.array(sessionSchema), cursor: z.string() });
export type Sessions = z.infer<typeof sessionsSchema>;

/** The body of every refusal of this surface's routes (specs/004: `{"error":"ValidationError","message","details"}`). */
export const refusalSchema = z.object({ error: z.string(), message: z.string(), details: z.optional(z.unknown()) });
export type Refusal = z.infer<typeof refusalSchema>;
