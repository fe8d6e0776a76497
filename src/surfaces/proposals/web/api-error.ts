import { RequestError } from '../../../react/request-error.ts';
import { asSentence } from '../../../ui/as-sentence.ts';

/** What the server says beside its refusal (PROTOCOL R13). */
export interface Refusal {
  readonly status: number;
  /** Stable word for the reason, such as `conflict`; empty when the answer was no refusal of Millrace. */
  readonly code: string;
  readonly details?: unknown;
  readonly retryAfterMs?: number | undefined;
}

/** A request that the server refused, in its own words. */
export class ApiError extends RequestError {
  readonly code: string;
  readonly details: unknown;

  constructor(message: string, { status, code, details, retryAfterMs }: Refusal) {
    super(message, status, retryAfterMs);
    this.name = 'ApiError';
    this.code = code;
    this.details = details;
  }
}

/** The refusal behind an error, also one that a feed's connection was told of. */
export function refusalOf(error: unknown): ApiError | undefined {
  if (error instanceof ApiError) return error;
  return error instanceof Error && error.cause !== undefined ? refusalOf(error.cause) : undefined;
}

/** What went wrong, as one sentence for a person; what is wrong with each field follows its name. */
export function explain(error: unknown): string {
  if (error instanceof ApiError) {
    const issues = issuesOf(error.details);
    return asSentence(issues.length > 0 ? issues.join('; ') : error.message);
  }
  return error instanceof Error ? asSentence(error.message) : String(error);
}

function issuesOf(details: unknown): readonly string[] {
  if (typeof details !== 'object' || details === null || !('issues' in details)) return [];
  const { issues } = details;
  if (!Array.isArray(issues)) return [];
  return issues.flatMap((issue: { path?: unknown; message?: unknown }) =>
    typeof issue?.message === 'string' ? [`${issue.path ? `${issue.path} ` : ''}${issue.message}`] : [],
  );
}
