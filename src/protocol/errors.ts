/** Every stable error code with the HTTP status it maps to and whether the same request may succeed later. */
const ERROR_TABLE = {
  invalid_request: { status: 400, retryable: false },
  invalid_cursor: { status: 400, retryable: false },
  unauthorized: { status: 401, retryable: false },
  forbidden: { status: 403, retryable: false },
  forbidden_origin: { status: 403, retryable: false },
  not_found: { status: 404, retryable: false },
  method_not_allowed: { status: 405, retryable: false },
  not_acceptable: { status: 406, retryable: false },
  conflict: { status: 409, retryable: false },
  idempotency_conflict: { status: 409, retryable: false },
  cursor_expired: { status: 410, retryable: false },
  cursor_future: { status: 410, retryable: false },
  epoch_changed: { status: 410, retryable: false },
  precondition_failed: { status: 412, retryable: false },
  payload_too_large: { status: 413, retryable: false },
  unsupported_media_type: { status: 415, retryable: false },
  misdirected_host: { status: 421, retryable: false },
  precondition_required: { status: 428, retryable: false },
  too_many_requests: { status: 429, retryable: true },
  internal: { status: 500, retryable: false },
  ingestion_paused: { status: 503, retryable: true },
  log_unavailable: { status: 503, retryable: true },
  overloaded: { status: 503, retryable: true },
  project_full: { status: 503, retryable: true },
  shutting_down: { status: 503, retryable: true },
  unavailable: { status: 503, retryable: false },
} as const;

export type ErrorCode = keyof typeof ERROR_TABLE;

export interface MillraceErrorOptions {
  /** Shown to the caller beside the message. */
  readonly details?: unknown;
  /** Seconds after which the caller may try again; sent as `Retry-After`. */
  readonly retryAfterS?: number;
  readonly cause?: unknown;
}

/** The base of every error Millrace answers with. The message is meant for the caller and holds no secrets. */
export class MillraceError extends Error {
  readonly code: ErrorCode;
  readonly details: unknown;
  readonly retryAfterS: number | undefined;

  constructor(code: ErrorCode, message: string, options: MillraceErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.name = 'MillraceError';
    this.code = code;
    this.details = options.details;
    this.retryAfterS = options.retryAfterS;
  }

  get status(): number {
    return ERROR_TABLE[this.code].status;
  }

  get retryable(): boolean {
    return ERROR_TABLE[this.code].retryable;
  }
}

/** The JSON body of every error answer (CONTRACT, "Every feed"). */
export interface ErrorBody {
  readonly error: {
    readonly code: ErrorCode;
    readonly message: string;
    readonly details?: unknown;
    readonly traceId: string;
  };
}

export function errorBody(error: MillraceError, traceId: string): ErrorBody {
  const { code, message, details } = error;
  return { error: { code, message, ...(details === undefined ? {} : { details }), traceId } };
}
