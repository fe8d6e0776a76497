import type { Message } from '../events.ts';
import { parseSearch, wordsOf } from '../search-words.ts';
import type { MessagesSearch } from './messages-search.ts';

/**
 * Whether a message that has just arrived belongs into the list; the server answers the same for stored ones, as its index
 * holds the same words.
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

function textMatcher(q: string): (text: string) => boolean {
  const search = parseSearch(q);
  if (!search) return () => false;
  const { phrases, isPrefix } = search;
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
