/** Words of one search; more are left out. */
const MAX_WORDS = 16;
/** Shorter beginnings are those of too many words; an index for them would cost every append. */
const MIN_PREFIX = 3;
/** What the index takes for a part of a word. */
const WORD = /[\p{L}\p{N}\p{Co}]+/gu;

/**
 * What is searched for in the syntax of FTS5: every word must be there, of the last one the beginning is enough, since it
 * may not be typed to its end. What a person types never becomes syntax. `undefined` when there is no word in it.
 */
export function searchExpression(text: string): string | undefined {
  const words = text
    .split(/\s+/)
    .filter((word) => word.match(WORD))
    .slice(0, MAX_WORDS);
  if (words.length === 0) return undefined;
  const quoted = words.map((word) => `"${word.replaceAll('\0', ' ').replaceAll('"', '""')}"`);
  const lastPart = words.at(-1)?.match(WORD)?.at(-1) ?? '';
  const isPrefix = !/\s$/.test(text) && [...lastPart].length >= MIN_PREFIX;
  return `${quoted.join(' AND ')}${isPrefix ? '*' : ''}`;
}
