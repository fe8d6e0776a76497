import type { Message } from '../events.ts';
import type { MessagesSearch } from './messages-search.ts';

/** Words of one search; more are left out. */
const MAX_WORDS = 16;
/** Of the last word a beginning of so many characters is enough. */
const MIN_PREFIX = 2;

/**
 * Whether a message that has just arrived belongs into the list; the server answers the same for stored ones, by the rule
 * of `search-expression.ts` and SQLite's tokenizer `unicode61`.
 */
export function matcherOf({ q, channel, user, from, to }: MessagesSearch): (message: Message) => boolean {
  const hasText = q === undefined ? () => true : textMatcher(q);
  const fromMs = from === undefined ? Number.NEGATIVE_INFINITY : Date.parse(from);
  const toMs = to === undefined ? Number.POSITIVE_INFINITY : Date.parse(to);
  const hasTimes = from !== undefined || to !== undefined;
  return (message) => {
    if (channel !== undefined && message.channel !== channel) return false;
    if (user !== undefined && message.user !== user) return false;
    if (hasTimes) {
      const at = Date.parse(message.sent_at);
      if (at < fromMs || at >= toMs) return false;
    }
    return hasText(message.text);
  };
}

/** Every word must be there; what punctuation joins must stand together; of the last one its beginning is enough. */
export function textMatcher(q: string): (text: string) => boolean {
  const phrases = q
    .split(/\s+/)
    .map(wordsOf)
    .filter((words) => words.length > 0)
    .slice(0, MAX_WORDS);
  const lastWord = phrases.at(-1)?.at(-1) ?? '';
  const isPrefix = !/\s$/.test(q) && [...lastWord].length >= MIN_PREFIX;
  if (phrases.length === 0) return () => false;
  return (text) => {
    const words = wordsOf(text);
    return phrases.every((phrase, index) => hasPhrase(words, phrase, isPrefix && index === phrases.length - 1));
  };
}

function hasPhrase(words: readonly string[], phrase: readonly string[], isPrefix: boolean): boolean {
  const last = phrase.length - 1;
  return words.some((_, start) =>
    phrase.every((wanted, offset) => {
      const word = words[start + offset];
      return isPrefix && offset === last ? word?.startsWith(wanted) === true : word === wanted;
    }),
  );
}

/** Words as `unicode61` cuts and folds them: runs of letters and digits, lower case, Latin letters without diacritics. */
function wordsOf(text: string): string[] {
  const folded = text
    .normalize('NFD')
    .replace(/([a-z])\p{M}+/giu, '$1')
    .normalize('NFC')
    .toLowerCase();
  return folded.match(/[\p{L}\p{N}\p{Co}]+/gu) ?? [];
}
