import * as z from 'zod';
import { plainText } from './terminal-text.ts';

/** The summary of `validation_complete`. */
export interface ValidationSummary {
  readonly exit_code: number;
  /** Absent where the validator was asked for no JSON, or gave none. */
  readonly totals?: { readonly items: number; readonly passed: number; readonly failed: number };
  readonly issues?: readonly ValidationIssue[];
  /** How many issues there are beyond those listed. */
  readonly more_issues?: number;
  /** Why there are no totals and issues. */
  readonly unavailable?: string;
  /** Part of the output was too much to be kept. */
  readonly output_cut?: true;
}

export interface ValidationIssue {
  readonly level: string;
  readonly path: string;
  readonly message: string;
}

export type ReadResult =
  | { readonly kind: 'result'; readonly summary: Pick<ValidationSummary, 'totals' | 'issues' | 'more_issues'> }
  /** The validator doesn't know the change. */
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'unreadable' };

const MAX_ISSUES = 200;
const MAX_TEXT = 1_000;

const text = z.string().transform((value) => plainText(value).slice(0, MAX_TEXT));
const resultSchema = z.object({
  items: z.array(z.object({ issues: z.array(z.object({ level: text, path: text, message: text })).default([]) })),
  summary: z.object({ totals: z.object({ items: z.number(), passed: z.number(), failed: z.number() }) }),
});
const refusalSchema = z.object({ status: z.array(z.object({ message: text })).min(1) });

/** What the validator answers to `--json`. */
export function readResult(json: string): ReadResult {
  const value = parse(json);
  const result = resultSchema.safeParse(value);
  if (result.success) {
    const issues = result.data.items.flatMap((item) => item.issues);
    const more = issues.length - MAX_ISSUES;
    return {
      kind: 'result',
      summary: {
        totals: result.data.summary.totals,
        issues: issues.slice(0, MAX_ISSUES),
        ...(more > 0 ? { more_issues: more } : {}),
      },
    };
  }
  const refusal = refusalSchema.safeParse(value);
  if (!refusal.success) return { kind: 'unreadable' };
  return { kind: 'refused', message: refusal.data.status.map(({ message }) => message).join('; ') };
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
