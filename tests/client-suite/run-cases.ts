import { cases, type SuiteContext } from './cases.ts';

/** Why each case failed; undefined where it passed. */
export async function runCases(context: Omit<SuiteContext, 'transport'>): Promise<Record<string, string | undefined>> {
  const results: Record<string, string | undefined> = {};
  for (const transport of ['websocket', 'sse'] as const) {
    for (const [name, run] of Object.entries(cases)) {
      results[`${transport}: ${name}`] = await run({ ...context, transport }).then(
        () => undefined,
        (cause: unknown) => (cause instanceof Error ? cause.message : String(cause)),
      );
    }
  }
  return results;
}
