import * as z from 'zod/mini';
import { SUBPROTOCOL } from './subprotocol.ts';

/** WebSocket subprotocol in which batches, `hello` and in-band heartbeats are spoken (PROTOCOL.md R5). */
export const MILLRACE_V1 = SUBPROTOCOL;

/** Why a client must refetch its snapshot instead of resuming (DESIGN §2). */
export const resetReasonSchema = z.enum(['cursor_expired', 'cursor_future', 'epoch_changed']);
export type ResetReason = z.infer<typeof resetReasonSchema>;

/** First frame of every streaming connection. `cursor` is the position that the connection starts from. */
export const helloFrameSchema = z.object({
  type: z.literal('hello'),
  cursor: z.string(),
  feed: z.string(),
  /** Interval of the in-band heartbeat in milliseconds. */
  heartbeatMs: z.number(),
});
export type HelloFrame = z.infer<typeof helloFrameSchema>;

/**
 * Proof of life and of completeness: the feed has been read up to `cursor`, filtered-out events included. Those of some
 * feeds carry other members, as measured a moment ago.
 */
export const heartbeatFrameSchema = z.looseObject({ type: z.literal('heartbeat'), cursor: z.string(), at: z.string() });
export type HeartbeatFrame = z.infer<typeof heartbeatFrameSchema>;

/** The asked-for position cannot be resumed; the stream goes on from `cursor`, the head. */
export const resetFrameSchema = z.object({ type: z.literal('reset'), reason: resetReasonSchema, cursor: z.string() });
export type ResetFrame = z.infer<typeof resetFrameSchema>;

/** One event as every transport shows it; the other members depend on the feed. */
export const eventMessageSchema = z.looseObject({ type: z.string(), cursor: z.string() });
export type EventMessage = z.infer<typeof eventMessageSchema>;

/** Everything between two positions: `events` may be fewer than `to - from` because some were filtered out. */
export const batchFrameSchema = z.object({
  type: z.literal('batch'),
  from: z.string(),
  to: z.string(),
  events: z.array(eventMessageSchema),
});
export type BatchFrame = z.infer<typeof batchFrameSchema>;

export const pongFrameSchema = z.object({ type: z.literal('pong'), timestamp: z.string() });
export type PongFrame = z.infer<typeof pongFrameSchema>;

/** What a `millrace.v1` client can receive. */
export const serverFrameSchema = z.discriminatedUnion('type', [
  helloFrameSchema,
  heartbeatFrameSchema,
  resetFrameSchema,
  batchFrameSchema,
  pongFrameSchema,
]);
export type ServerFrame = z.infer<typeof serverFrameSchema>;

/** The answer to `Accept: application/json` on a feed. */
export const pageSchema = z.object({
  events: z.array(eventMessageSchema),
  from: z.string(),
  cursor: z.string(),
  /** True when nothing newer was committed at the time of reading. */
  upToDate: z.boolean(),
  /** Of a feed whose heartbeats carry something: the newest one. */
  heartbeat: z.optional(heartbeatFrameSchema),
});
export type FeedPage = z.infer<typeof pageSchema>;
