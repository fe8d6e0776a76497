import * as z from 'zod/mini';
import { connectorSchema } from '../../protocol/connector.ts';

/** What the surface's events are read by. */
export const OPS_CHANNEL = 'ops';

/** `unknown`: nothing was measured yet. `failing`: three failures in a row somewhere. */
export const healthStateSchema = z.enum(['healthy', 'degraded', 'failing', 'unknown']);
export type HealthState = z.infer<typeof healthStateSchema>;

/** Whether events are taken in, and who paused or resumed it last, and when. */
export const ingestionSchema = z.object({
  mode: z.enum(['running', 'paused']),
  by: z.nullable(z.string()),
  since: z.nullable(z.string()),
});
export type Ingestion = z.infer<typeof ingestionSchema>;

/** `GET /api/ops/ingestion`, and the answer to `PUT` of `{"mode"}`. */
export const ingestionStateSchema = z.object({ ...ingestionSchema.shape, cursor: z.string() });
export type IngestionState = z.infer<typeof ingestionStateSchema>;

/** What the KPI cards show, measured in this process at one moment. */
export const kpisSchema = z.object({
  /** When it was measured; ISO 8601. */
  at: z.string(),
  health: z.object({
    state: healthStateSchema,
    /** Why, in a sentence for a person. */
    reason: z.string(),
  }),
  /** Events that were accepted and wait for the disk. */
  queue_depth: z.number(),
  /** The longest row of failures that goes on now, of any service, session, proposal or self-check; and whose it is. */
  failure_streak: z.object({ count: z.number(), of: z.nullable(z.string()) }),
  /** Events in the log since it was made, those that retention removed included. */
  processed_events: z.number(),
  /** Alerts that are raised and not cleared. */
  open_alerts: z.number(),
  /** Readers of feeds, and how many events the one furthest behind has yet to be given. */
  clients: z.object({ connected: z.number(), slowest_lag: z.number() }),
  /** Events committed in the last 60 s. */
  events_per_minute: z.number(),
  ingestion: ingestionSchema,
});
export type Kpis = z.infer<typeof kpisSchema>;

export const severitySchema = z.enum(['critical', 'warning', 'info']);
export type Severity = z.infer<typeof severitySchema>;

/** One cause of concern; its members are absolute: the newest of an id replaces the one before. */
export const alertSchema = z.object({
  id: z.string(),
  /** The rule, for example `reconciliation-discrepancy`. */
  code: z.string(),
  severity: severitySchema,
  state: z.enum(['raised', 'cleared']),
  /** What it is about; of one code and cause there is one open alert. */
  cause: z.string(),
  title: z.string(),
  message: z.string(),
  /** Path of the page that shows the cause. */
  link: z.nullable(z.string()),
  /** How often it happened while it was open. */
  count: z.number(),
  raised_at: z.string(),
  last_at: z.string(),
  cleared_at: z.nullable(z.string()),
  acknowledged_at: z.nullable(z.string()),
  acknowledged_by: z.nullable(z.string()),
});
export type Alert = z.infer<typeof alertSchema>;

export const chatStatusSchema = z.enum(['streaming', 'complete', 'cancelled', 'error']);
export type ChatStatus = z.infer<typeof chatStatusSchema>;

export const CHAT_LIMITS = {
  /** Characters of a question. */
  message: 4_000,
  /** Characters, and pieces, of an answer; a longer one is ended there. */
  answer: 64_000,
  answerTokens: 6_000,
  /** Messages of the transcript, and pieces of all of them; what is older is forgotten. The newest message always stays. */
  messages: 200,
  tokens: 12_000,
} as const;

/** One message of the transcript. */
export const chatMessageSchema = z.object({
  id: z.string(),
  role: z.enum(['user', 'assistant']),
  /** Pieces in the order they came; a user's message is one piece. */
  tokens: z.array(z.string()),
  status: chatStatusSchema,
  /** Why it ended, where `status` is `error`. */
  error: z.nullable(z.string()),
  /** Who asked, or cancelled. */
  actor: z.nullable(z.string()),
  at: z.string(),
});
export type ChatMessage = z.infer<typeof chatMessageSchema>;

/** One minute of the timeline: how many events were committed in it, and how many of their outcomes were failures. */
export const timelineMinuteSchema = z.object({ minute: z.string(), events: z.number(), failures: z.number() });
export type TimelineMinute = z.infer<typeof timelineMinuteSchema>;

/** `GET /api/ops/timeline?range=`: every minute up to now, oldest first. */
export const timelineSchema = z.object({
  range: z.enum(['1h', '6h', '24h']),
  minutes: z.array(timelineMinuteSchema),
  cursor: z.string(),
});
export type Timeline = z.infer<typeof timelineSchema>;

const cursorMember = { cursor: z.string() };

/** Messages of the feed `/ops/stream`. Heartbeats carry the KPIs beside what every heartbeat says. */
export const opsEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('alert'), ...alertSchema.shape, ...cursorMember }),
  /** A message was asked, or an answer begins. */
  z.object({ type: z.literal('chat_message'), message: chatMessageSchema, ...cursorMember }),
  /** More of an answer; `index` is the place of the first of `tokens` among those of its message. */
  z.object({
    type: z.literal('chat_token'),
    message_id: z.string(),
    index: z.number(),
    token: z.string(),
    tokens: z.array(z.string()),
    ...cursorMember,
  }),
  /** An answer has ended, one way or another. */
  z.object({
    type: z.literal('chat_complete'),
    message_id: z.string(),
    status: chatStatusSchema,
    error: z.nullable(z.string()),
    actor: z.nullable(z.string()),
    token_count: z.number(),
    ...cursorMember,
  }),
  /** Somebody has emptied the transcript. */
  z.object({ type: z.literal('chat_cleared'), actor: z.nullable(z.string()), ...cursorMember }),
  z.object({
    type: z.literal('ingestion'),
    mode: z.enum(['running', 'paused']),
    by: z.nullable(z.string()),
    since: z.string(),
    ...cursorMember,
  }),
]);
export type OpsEvent = z.infer<typeof opsEventSchema>;

/** `GET /api/ops`: everything the page shows first, read together; the feed continues from `cursor`. */
export const opsStateSchema = z.object({
  kpis: kpisSchema,
  /** The open ones, and the latest that were cleared; newest first. */
  alerts: z.array(alertSchema),
  connectors: z.array(connectorSchema),
  chat: z.object({
    /** False: the panel says which variable to set. */
    is_configured: z.boolean(),
    /** The variable to set, and why, where it is not. */
    hint: z.nullable(z.string()),
    /** The latest, oldest first. */
    messages: z.array(chatMessageSchema),
  }),
  cursor: z.string(),
});
export type OpsState = z.infer<typeof opsStateSchema>;
