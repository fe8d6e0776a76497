import * as z from 'zod/mini';

/** Types of the surface's log records. */
export const POSTED = 'messages.posted';
export const CHANNEL_DELETED = 'messages.channel_deleted';
export const USER_DELETED = 'messages.user_deleted';
/** Part of the history of a channel or user, which is deleted in steps. */
export const HISTORY_REMOVED = 'messages.history_removed';
/** The channel of all of them, in the sense of the log. */
export const MESSAGES_CHANNEL = 'messages';

/** Caps of a message's members, in UTF-16 code units. */
export const MESSAGE_LIMITS = { id: 200, channel: 200, user: 200, displayName: 200, text: 16_384 } as const;
/** Most messages in one answer of `GET /api/messages`. */
export const MAX_MESSAGES = 500;
/** Most rows in one answer of `GET /api/channels` and `GET /api/users`. */
export const MAX_ROWS = 1_000;
/** A `total` is exact up to here; where text or time are filtered by, this stands for "so many or more". */
export const MAX_COUNTED = 10_000;
/** Ids that the server gives to messages without one begin with this; a sender's may not. */
export const OWN_ID_PREFIX = 'mr-';

/** A stored message as every answer and the feed `/live` show it. */
export const messageSchema = z.object({
  /** As the sender gave it, else `mr-<seq>`. */
  id: z.string(),
  /** Position in the log: unique, and growing in the order of the commits. */
  seq: z.number(),
  /** Null when the channel was deleted and its history kept. */
  channel: z.nullable(z.string()),
  /** Null when the user was deleted and the history kept. */
  user: z.nullable(z.string()),
  /** How the source writes the user's name, where that differs. */
  display_name: z.optional(z.string()),
  text: z.string(),
  /** When it was sent, by the sender's clock; ISO 8601 in UTC. */
  sent_at: z.string(),
  /** When it was committed, by the server's clock; ISO 8601 in UTC. */
  received_at: z.string(),
  /** Id of the connector it came through; absent for `POST /api/messages`. */
  connector: z.optional(z.string()),
});
export type Message = z.infer<typeof messageSchema>;

/** `POST /api/messages`: 201. */
export const messagesAcceptedSchema = z.object({
  /** The messages' ids, in the order they were given. */
  ids: z.array(z.string()),
  accepted: z.number(),
  /** How many of them had been stored before by the same id. */
  repeated: z.number(),
  cursor: z.string(),
});
export type MessagesAccepted = z.infer<typeof messagesAcceptedSchema>;

const metricsShape = {
  total_messages: z.number(),
  total_channels: z.number(),
  total_users: z.number(),
  /** When the newest message was sent; null while there is none. */
  last_message_at: z.nullable(z.string()),
};

/** `GET /api/metrics`. */
export const metricsSchema = z.object({ ...metricsShape, cursor: z.string() });
export type Metrics = z.infer<typeof metricsSchema>;

/** Messages per minute of the last hour: `[minutes since 1970, messages]`, oldest first, minutes without any left out. */
const activitySchema = z.array(z.tuple([z.number(), z.number()]));

const summaryShape = {
  message_count: z.number(),
  /** When its first and its newest message were sent; null for one without messages. */
  first_message_at: z.nullable(z.string()),
  last_message_at: z.nullable(z.string()),
  activity: activitySchema,
};

export const channelSummarySchema = z.object({ channel: z.string(), ...summaryShape });
export type ChannelSummary = z.infer<typeof channelSummarySchema>;

export const userSummarySchema = z.object({
  user: z.string(),
  display_name: z.optional(z.string()),
  ...summaryShape,
});
export type UserSummary = z.infer<typeof userSummarySchema>;

/** `GET /api/channels?sort=messages|activity|name&order=asc|desc&limit=&offset=&q=`; `total` counts all that match `q`. */
export const channelsSchema = z.object({
  channels: z.array(channelSummarySchema),
  total: z.number(),
  cursor: z.string(),
});
export type Channels = z.infer<typeof channelsSchema>;

/** `GET /api/users`, with the parameters of `GET /api/channels`. */
export const usersSchema = z.object({ users: z.array(userSummarySchema), total: z.number(), cursor: z.string() });
export type Users = z.infer<typeof usersSchema>;

/** One channel of a user. */
export const userChannelSchema = z.object({ channel: z.nullable(z.string()), message_count: z.number() });
export type UserChannel = z.infer<typeof userChannelSchema>;

/** `GET /api/users/:name`: the newest 50 messages, newest first; the channels, most messages first, at most 100. */
export const userDetailSchema = z.object({
  ...userSummarySchema.shape,
  channels: z.array(userChannelSchema),
  messages: z.array(messageSchema),
  cursor: z.string(),
});
export type UserDetail = z.infer<typeof userDetailSchema>;

/**
 * `GET /api/messages?limit=50&before=&after=&around=&channel=&user=&q=&from=&to=`: newest first. `before`, `after` and
 * `around` take a message's `id` or `seq`; `from` (inclusive) and `to` (exclusive) are ISO 8601 times of sending.
 */
export const messagePageSchema = z.object({
  messages: z.array(messageSchema),
  /** Everything that matches the filters, not only this page; see {@link MAX_COUNTED}. */
  total: z.number(),
  /** What to give as `before` for the page of older messages; null when there is none. */
  before: z.nullable(z.string()),
  /** What to give as `after` for the page of newer messages; null when there is none. */
  after: z.nullable(z.string()),
  cursor: z.string(),
});
export type MessagePage = z.infer<typeof messagePageSchema>;

/** What becomes of the messages of a deleted channel or user: kept without the name, or deleted with it. */
export const historySchema = z.enum(['keep', 'delete']);
export type History = z.infer<typeof historySchema>;

/** `DELETE /api/channels/:name` and `DELETE /api/users/:name`, `?history=keep|delete`, default `keep`. */
export const deletedSchema = z.object({
  name: z.string(),
  history: historySchema,
  /** The position after the deletion. */
  cursor: z.string(),
});
export type Deleted = z.infer<typeof deletedSchema>;

/** What says that a message of the feed is a row: the newest value of its key, as of this position (PROTOCOL.md R22). */
const rowShape = { cursor: z.string(), as_of: z.string() };

export const messageEventSchema = z.object({
  type: z.literal('message'),
  ...messageSchema.shape,
  cursor: z.string(),
});
export const metricsRowSchema = z.object({ type: z.literal('metrics'), ...metricsShape, ...rowShape });
/** `unavailable`: the channel was deleted, and this is what became of its messages. The count is then 0. */
export const channelRowSchema = z.object({
  type: z.literal('channel'),
  ...channelSummarySchema.shape,
  unavailable: z.optional(historySchema),
  ...rowShape,
});
export const userRowSchema = z.object({
  type: z.literal('user'),
  ...userSummarySchema.shape,
  /** Only in `view=user`. */
  channels: z.optional(z.array(userChannelSchema)),
  unavailable: z.optional(historySchema),
  ...rowShape,
});

/** One message of the feed `/live`; `view=connectors` has its own (`connectors/events.ts`). */
export const liveMessageSchema = z.discriminatedUnion('type', [
  messageEventSchema,
  metricsRowSchema,
  channelRowSchema,
  userRowSchema,
]);
export type LiveMessage = z.infer<typeof liveMessageSchema>;
