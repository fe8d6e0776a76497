import * as z from 'zod/mini';

/** What is known of the members of a summary; the validator may be any program. */
const summarySchema = z.object({
  exit_code: z.optional(z.number()),
  totals: z.optional(z.object({ items: z.number(), passed: z.number(), failed: z.number() })),
  issues: z.optional(z.array(z.object({ level: z.string(), path: z.string(), message: z.string() }))),
  more_issues: z.optional(z.number()),
  unavailable: z.optional(z.string()),
  output_cut: z.optional(z.boolean()),
});
export type ValidationSummary = z.infer<typeof summarySchema>;

/** Undefined where a run has none, or none that is known. */
export function readSummary(summary: unknown): ValidationSummary | undefined {
  const parsed = summarySchema.safeParse(summary);
  return parsed.success ? parsed.data : undefined;
}

/** `1 of 2 items failed, 3 issues`. */
export function summaryText({
  totals,
  issues = [],
  more_issues = 0,
  unavailable,
  exit_code,
}: ValidationSummary): string {
  const found = issues.length + more_issues;
  const parts = [
    totals &&
      (totals.failed === 0
        ? itemsText(totals.items, 'valid')
        : `${totals.failed} of ${itemsText(totals.items, 'not valid')}`),
    found > 0 && (found === 1 ? '1 issue' : `${found.toLocaleString('en')} issues`),
    !totals && exit_code !== undefined && `exit code ${exit_code}`,
    unavailable,
  ];
  return parts.filter(Boolean).join(', ');
}

function itemsText(count: number, what: string): string {
  return `${count} ${count === 1 ? 'item' : 'items'} ${what}`;
}
