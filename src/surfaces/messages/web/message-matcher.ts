import type { Message } from '../events.ts';
import type { MessagesSearch } from './messages-search.ts';

/** Whether a message that has just arrived belongs into the list; the server answers the same for stored ones. */
export function matcherOf({ q, channel, user, from, to }: MessagesSearch): (message: Message) => boolean {
  const words = q === undefined ? [] : wordsOf(q);
  const fromMs = from === undefined ? Number.NEGATIVE_INFINITY : Date.parse(from);
  const toMs = to === undefined ? Number.POSITIVE_INFINITY : Date.parse(to);
  return (message) => {
    if (channel !== undefined && message.channel !== channel) return false;
    if (user !== undefined && message.user !== user) return false;
    if (from !== undefined || to !== undefined) {
      const at = Date.parse(message.sent_at);
      if (at < fromMs || at >= toMs) return false;
    }
    return words.length === 0 || hasWords(wordsOf(message.text), words);
  };
}

/** Every word of the search begins a word of the text. */
function hasWords(text: readonly string[], wanted: readonly string[]): boolean {
  return wanted.every((word) => text.some((candidate) => candidate.startsWith(word)));
}

/**
 * The words of a text as SQLite's `unicode61` cuts and folds them: runs of letters and digits, lower case, Latin letters
 * without their diacritics.
 */
export function wordsOf(text: string): string[] {
  const plain = text
    .normalize('NFD')
    .replace(/[\u0300-\u0331]/g, '')
    .normalize('NFC');
  return plain.toLowerCase().match(/[\p{L}\p{N}\p{Co}]+/gu) ?? [];
}
