/** WebSocket close codes of Millrace: RFC 6455 section 7.4.1 and the private range 4000-4999. */
export const CLOSE = {
  normal: 1000,
  /** The server is shutting down; come back after a moment. */
  goingAway: 1001,
  /** More messages than the limit allows. */
  policyViolation: 1008,
  messageTooBig: 1009,
  internalError: 1011,
  /** The token is missing, wrong or expired (specs/002). */
  unauthorized: 4001,
  forbidden: 4003,
  /** No pong arrived in time (specs/002 "Connection heartbeat"). */
  pongTimeout: 4007,
  /** A newer connection of the same user took this one's place; final until a person reconnects. */
  superseded: 4008,
} as const;

export type CloseCode = (typeof CLOSE)[keyof typeof CLOSE];
