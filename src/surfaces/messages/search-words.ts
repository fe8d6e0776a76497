/** Words of one search; more are left out. */
const MAX_WORDS = 16;
/** Shorter beginnings are those of too many words; an index for them would cost every append. */
const MIN_PREFIX = 3;
/** A run of letters, marks and digits, or of pictures. */
const WORD = /[\p{L}\p{M}\p{N}\p{Co}]+|\p{Extended_Pictographic}+/gu;
/** Of scripts without spaces and of pictures, each sign is a word: a part of what is written is found by any part of it. */
const SIGN = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Extended_Pictographic}]/u;
const SIGN_OR_REST = new RegExp(`${SIGN.source}\\p{M}*|(?:(?!${SIGN.source}).)+`, 'gu');
/** Whether a picture is drawn in colour is no part of it. */
const DRAWING = /[\ufe0e\ufe0f\u20e3]/g;
/** Text of which SQLite's tokenizer `ascii` makes the same words. */
const ONLY_ASCII = /^[\t\n\r\x20-\x7e]*$/;

/** What is searched for: all of its phrases. */
export interface SearchWords {
  /** Words that must stand together; at least one phrase, and in each at least one word. */
  readonly phrases: readonly (readonly string[])[];
  /** Of the last word the beginning is enough, since it may not be typed to its end. */
  readonly isPrefix: boolean;
}

/** What a person typed; what punctuation joins must stand together. `undefined` when there is no word in it. */
export function parseSearch(text: string): SearchWords | undefined {
  const phrases = text
    .split(/\s+/)
    .map(wordsOf)
    .filter((words) => words.length > 0)
    .slice(0, MAX_WORDS);
  if (phrases.length === 0) return undefined;
  const lastWord = phrases.at(-1)?.at(-1) ?? '';
  return { phrases, isPrefix: !/\s$/.test(text) && [...lastWord].length >= MIN_PREFIX };
}

/**
 * The words of a text, as the index and the pages know them: without case, Latin letters without diacritics. The one rule
 * for stored and for arriving messages, so that no page shows what a search would not find, and none hides what it would.
 */
export function wordsOf(text: string): readonly string[] {
  const words = foldedText(text).match(WORD) ?? [];
  return ONLY_ASCII.test(text)
    ? words
    : words.flatMap((word) => (SIGN.test(word) ? (word.match(SIGN_OR_REST) ?? []) : word));
}

/** A text for the index, whose tokenizer divides at anything in ASCII that is neither letter nor digit, and at nothing else. */
export function indexedText(text: string): string {
  return ONLY_ASCII.test(text) ? text : wordsOf(text).join(' ');
}

function foldedText(text: string): string {
  if (ONLY_ASCII.test(text)) return text.toLowerCase();
  const plain = text
    .replace(DRAWING, '')
    .normalize('NFD')
    .replace(/([a-z])\p{M}+/giu, '$1');
  // To upper case and back: that makes one of letters that have two lower cases, as ς and σ.
  return plain.normalize('NFC').toLowerCase().toUpperCase().toLowerCase().normalize('NFC');
}
