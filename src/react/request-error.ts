/** A request that the server answered otherwise than hoped. */
export class RequestError extends Error {
  /** The HTTP status. */
  readonly status: number;
  /** How long the server asks to wait before the next try (429, 503); undefined when it does not say. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, status: number, retryAfterMs: number | undefined) {
    super(message);
    this.name = 'RequestError';
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }
}

/** `Retry-After` as milliseconds; undefined when it is missing or a date that cannot be read. */
export function retryAfterMs(header: string | null, now: number): number | undefined {
  if (header === null || header.trim() === '') return undefined;
  const seconds = Number(header);
  const waitMs = Number.isNaN(seconds) ? Date.parse(header) - now : seconds * 1_000;
  return Number.isNaN(waitMs) ? undefined : Math.max(0, waitMs);
}
