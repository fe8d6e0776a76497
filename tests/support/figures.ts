import { appendFileSync } from 'node:fs';

/** The promises of docs/reliability.md. */
export type PromiseId = `P${number}`;

export interface Figures {
  readonly promise: PromiseId;
  /** What was done, for example `kill -9`. */
  readonly about: string;
  readonly figures: object;
}

/** Prints what a test has measured; `npm run test:reliability` collects it, one line for each promise. */
export function showFigures({ promise, about, figures }: Figures): void {
  console.log(`${promise} ${about}: ${JSON.stringify(figures)}`);
  const file = process.env.MILLRACE_TEST_FIGURES;
  if (file !== undefined) appendFileSync(file, `${JSON.stringify({ promise, about, figures } satisfies Figures)}\n`);
}
