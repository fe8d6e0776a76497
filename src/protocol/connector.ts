import * as z from 'zod/mini';

export const connectorKindSchema = z.enum(['irc', 'http', 'hooks']);
export type ConnectorKind = z.infer<typeof connectorKindSchema>;

/**
 * `live`: receiving. `connecting`: the first try is under way. `reconnecting`: lost, and tried again. `down`: refused for
 * good, nothing is tried. `idle`: nothing was ever received (`http`, `hooks`). `paused`: ended while ingestion is paused.
 */
export const livenessSchema = z.enum(['live', 'connecting', 'reconnecting', 'down', 'idle', 'paused']);
export type Liveness = z.infer<typeof livenessSchema>;

/** One source of messages, as `GET /api/connectors` and the feed show it. */
export const connectorSchema = z.object({
  id: z.string(),
  kind: connectorKindSchema,
  /** What it listens to, for people: `irc.libera.chat #a #b`, `/api/messages`. */
  channel: z.string(),
  /** `stream` keeps a connection open; `push` is written to. */
  mode: z.enum(['stream', 'push']),
  liveness: livenessSchema,
  /** Events that it brought and the log stored. */
  events_ingested: z.number(),
  /** Lost or refused connections, refused joins, and messages that could not be taken. */
  provider_failures: z.number(),
  last_error: z.optional(z.string()),
  /** When the newest event came; ISO 8601. */
  last_event_at: z.optional(z.string()),
  /** When its liveness changed last; ISO 8601. */
  since: z.string(),
});
export type Connector = z.infer<typeof connectorSchema>;

/** `GET /api/connectors`. */
export const connectorsSchema = z.object({ connectors: z.array(connectorSchema), cursor: z.string() });
export type Connectors = z.infer<typeof connectorsSchema>;

/** One row of the feed `/live?view=connectors`; `removed` says that the connector is gone. */
export const connectorRowSchema = z.object({
  type: z.literal('connector'),
  ...connectorSchema.shape,
  removed: z.optional(z.boolean()),
  cursor: z.string(),
  as_of: z.string(),
});
export type ConnectorRow = z.infer<typeof connectorRowSchema>;
