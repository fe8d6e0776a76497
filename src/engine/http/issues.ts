import type * as z from 'zod';
import { MillraceError } from '../../protocol/errors.ts';

/** What is wrong with one member of a request. */
export interface Issue {
  /** The member, its parents before it: `counts.orders`; empty for the whole. */
  readonly path: string;
  readonly message: string;
}

export function issuesOf(error: z.ZodError): readonly Issue[] {
  return error.issues.map((issue) => ({
    path: issue.path.join('.'),
    // zod keeps no input in its issues: only the message tells a missing member from one of another type.
    message:
      issue.code === 'invalid_type' && issue.message.endsWith('received undefined') ? 'is required' : issue.message,
  }));
}

/** All issues in one line. */
export function issueText(issues: readonly Issue[]): string {
  return issues.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; ');
}

/** A 400 that names what is wrong. */
export function invalidRequest(issues: readonly Issue[], cause?: unknown): MillraceError {
  return new MillraceError('invalid_request', issueText(issues), { details: { issues }, cause });
}
