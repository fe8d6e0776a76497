export interface IrcTimings {
  /** A server that is silent for this long is asked whether it is there. Default 15000. */
  readonly pingAfterMs: number;
  /** How long it may then take to say anything. Default 10000. */
  readonly pongWithinMs: number;
  /** From the first byte to the welcome. Default 30000. */
  readonly registerWithinMs: number;
  /** How long a JOIN may stay unanswered. Default 20000. */
  readonly joinWithinMs: number;
  /** When a channel that refused is tried again. Default 300000. */
  readonly rejoinAfterMs: number;
}

export const DEFAULT_IRC_TIMINGS: IrcTimings = {
  pingAfterMs: 15_000,
  pongWithinMs: 10_000,
  registerWithinMs: 30_000,
  joinWithinMs: 20_000,
  rejoinAfterMs: 300_000,
};
