import type { Alert } from '../events.ts';

/** What happened to what; most titles name their cause already. */
export function titleOf({ title, cause }: Pick<Alert, 'title' | 'cause'>): string {
  return title.includes(cause) ? title : `${title}: ${cause}`;
}
