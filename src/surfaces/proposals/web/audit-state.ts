import type { AuditLine, AuditPage } from '../events.ts';

/** Entries that a page holds; older ones are read again when somebody scrolls to them. */
export const MAX_ENTRIES = 5_000;

/** The trail after an entry of its feed; newest first. */
export function addEntry(state: AuditPage, entry: AuditLine): AuditPage {
  if (state.entries.some(({ id }) => id === entry.id)) return state;
  const entries = [entry, ...state.entries].sort((a, b) => b.id - a.id).slice(0, MAX_ENTRIES);
  const isCut = entries.length === MAX_ENTRIES;
  return { ...state, entries, total: state.total + 1, before: isCut ? (entries.at(-1)?.id ?? null) : state.before };
}

/** The trail with an older page of it at its end; the same where the page does not follow. */
export function addOlder(state: AuditPage, page: AuditPage): AuditPage {
  const oldest = state.entries.at(-1)?.id ?? Number.POSITIVE_INFINITY;
  const older = page.entries.filter(({ id }) => id < oldest);
  return { ...state, entries: [...state.entries, ...older], before: page.before };
}

/** What is shown while new entries are held back, and how many those are. */
export function heldBack(entries: readonly AuditLine[], pausedAt: number | undefined) {
  if (pausedAt === undefined) return { shown: entries, held: 0 };
  const shown = entries.filter(({ id }) => id <= pausedAt);
  return { shown, held: entries.length - shown.length };
}
