/** The shapes and rules that both ends of a feed share; see PROTOCOL.md. */

export { CLOSE, type CloseCode } from './close-codes.ts';
export {
  type Cursor,
  type CursorInput,
  formatCursor,
  GENESIS_TAG,
  parseCursor,
  parseCursorInput,
  seqOf,
} from './cursor.ts';
export { type ErrorBody, type ErrorCode, errorBody, MillraceError, type MillraceErrorOptions } from './errors.ts';
export {
  type BatchFrame,
  batchFrameSchema,
  type EventMessage,
  eventMessageSchema,
  type FeedPage,
  type HeartbeatFrame,
  type HelloFrame,
  heartbeatFrameSchema,
  helloFrameSchema,
  MILLRACE_V1,
  type PongFrame,
  pageSchema,
  pongFrameSchema,
  type ResetFrame,
  type ResetReason,
  resetFrameSchema,
  resetReasonSchema,
  type ServerFrame,
  serverFrameSchema,
} from './frames.ts';
export {
  DEFAULT_RECONNECT_POLICY,
  type ReconnectPolicy,
  type ReconnectSituation,
  reconnectDelayMs,
  STEADY_RECONNECT_POLICY,
} from './reconnect-policy.ts';
export { encodeSse, encodeSseRetry, type SseEvent } from './sse.ts';
