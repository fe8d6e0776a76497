import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LogRecord } from '../../engine/log/log.ts';
import { openForWriting } from '../../engine/log/sqlite/database.ts';
import { migrate } from '../../engine/log/sqlite/migrations.ts';
import { toLogEvent } from './message-body.ts';
import { messagesProjection } from './projection.ts';
import { searchExpression } from './search-expression.ts';
import { parseSearch, wordsOf } from './search-words.ts';
import { matcherOf } from './web/message-matcher.ts';

const TEXTS = [
  'The build is DONE',
  'the café is open, naïve façade',
  'cafe\u0301 in two characters',
  "o'neil didn't re-run e2e-tests",
  'version 1.20.3, 42 % of ½ and ⅳ, 0x1F',
  'snake_case, kebab-case and dots.in.names',
  'mail ada@example.org or https://example.org/a?b=c#d',
  'これは今日の天気です',
  '今日は天気がいい。カメラ',
  '한국어 메시지',
  'हिन्दी में लिखा',
  'ภาษาไทย',
  'Straße STRASSE ẞ ß',
  'Σίσυφος ΣΊΣΥΦΟΣ',
  'İstanbul ıssız',
  'ЁЖ й и\u0306',
  'party 🎉🎉 and 🤔, ❤ and ❤\ufe0f, 👩‍👩‍👧',
  'full ｗｉｄｔｈ ﬁne Ⅷ',
  '"quoted" \\ ( ) * ^ { } : AND OR NOT NEAR',
  'tab\tand\nline\r\nbreaks',
  'i\u0307 K ſ µ ͅ',
  '🎉',
  '...',
  ' ',
];

const QUERIES = [
  ...['', ' ', '...', '"', '*', 'do', 'don', 'done', 'done ', 'DONE the', 'th', 'the', 'thx', 'cafe', 'CAFÉ', 'caf'],
  ...[
    "o'neil",
    'o neil',
    'oneil',
    "didn't",
    'didn',
    're-run',
    'run-re',
    'e2e',
    '1.20',
    '1.20.3',
    '20',
    '.3',
    '½',
    '0x1',
  ],
  ...['snake_case', 'snake', 'case', 'example.org', 'ada@', '@example', '天気', '天', '気天', '今日', 'カメ', 'です '],
  ...[
    '한국',
    '한국어',
    'हिन्दी',
    'हिन',
    'ภาษา',
    'strasse',
    'straße',
    'ẞ',
    'σίσυφος',
    'σίσυφοσ',
    'istanbul',
    'İST',
    'ёж',
  ],
  ...[
    'й',
    '🎉',
    '🎉🎉',
    '🤔',
    '❤',
    '❤\ufe0f',
    '👧',
    'ｗｉｄ',
    'fine',
    'ﬁne',
    'viii',
    'and or not',
    'NEAR',
    'line breaks',
  ],
  ...['k', 's', 'μ', 'a b c d e f g h i j k l m n o p q r s', 'c1', 'u1', 'text:the', '{scope} : "c1"'],
];

/** Which texts the index finds, by the projection as it is. */
function indexOf(texts: readonly string[]) {
  const database = openForWriting(':memory:');
  migrate(database);
  database.exec(messagesProjection.create);
  database.exec(`INSERT INTO projection VALUES ('messages', 1, 0)`);
  const records = texts.map((text, index): LogRecord => {
    const event = toLogEvent({ user: 'u', channel: 'c', text, sent_at: '2026-01-01T00:00:00.000Z' });
    return { seq: index + 1, at: 0, tag: 't', ...event };
  });
  database.transaction(() => messagesProjection.open(database).apply(records));
  const select = database.prepare('SELECT rowid AS seq FROM msg_text WHERE msg_text MATCH ? ORDER BY rowid');
  return {
    find(q: string): readonly string[] {
      const expression = searchExpression(q);
      if (expression === undefined) return [];
      return select.all<{ seq: number }>(`{text} : (${expression})`).map(({ seq }) => texts[seq - 1] ?? '');
    },
    /** The words of each text, in their order. */
    words(): readonly (readonly string[])[] {
      database.exec(`CREATE VIRTUAL TABLE temp.word USING fts5vocab(main, 'msg_text', 'instance')`);
      const words: string[][] = texts.map(() => []);
      const all = database.prepare(`SELECT doc, term FROM temp.word WHERE col = 'text' ORDER BY doc, offset`);
      for (const { doc, term } of all.all<{ doc: number; term: string }>()) words[doc - 1]?.push(term);
      return words;
    },
    [Symbol.dispose]: () => database.close(),
  };
}

/** Which texts a page would show if they came now. */
function shown(texts: readonly string[], q: string): readonly string[] {
  const matches = matcherOf({ q });
  const time = '2026-01-01T00:00:00.000Z';
  return texts.filter((text) =>
    matches({ id: 'mr-1', seq: 1, channel: 'c', user: 'u', text, sent_at: time, received_at: time }),
  );
}

const pieceArbitrary = fc.oneof(
  fc.constantFrom(...TEXTS.flatMap((text) => text.split(/(?=[\s\p{P}])/u)), ...QUERIES),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 6 }),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 6 }),
  fc.constantFrom(' ', '-', "'", '.', '_', '\u0301', '\u200d', '\u00ad', '"', '*'),
);
const textArbitrary = fc.array(pieceArbitrary, { maxLength: 6 }).map((pieces) => pieces.join('').toWellFormed());

describe('searchWords', () => {
  it.each(QUERIES)('finds by %j in the index what a page keeps of what arrives', (q) => {
    using index = indexOf(TEXTS);
    expect(index.find(q)).toEqual(shown(TEXTS, q));
  });

  it('finds the same in the index as on the page, whatever is written and typed', () => {
    fc.assert(
      fc.property(
        fc.array(textArbitrary, { maxLength: 8 }),
        fc.array(textArbitrary, { maxLength: 4 }),
        (texts, typed) => {
          using index = indexOf(texts);
          // What is typed is mostly a part of what is written, or nothing would be found.
          const parts = texts.flatMap((text) => [text, text.slice(0, 3), text.slice(1, 5).toWellFormed()]);
          for (const q of [...typed, ...parts.map((part) => part.slice(0, 200).toWellFormed())]) {
            expect(index.find(q)).toEqual(shown(texts, q));
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('makes the same words of every character there is as the index', () => {
    const codes = Array.from({ length: 0x110000 }, (_, code) => code).filter((code) => code < 0xd800 || code > 0xdfff);
    const texts = codes.reduce<string[]>((rows, code, index) => {
      const row = Math.floor(index / 512);
      rows[row] = `${rows[row] ?? ''} x${String.fromCodePoint(code)}y`;
      return rows;
    }, []);
    using index = indexOf(texts);
    expect(index.words()).toEqual(texts.map(wordsOf));
  });

  it.each([
    ['天気', 'これは今日の天気です', true],
    ['CAFE', 'the café', true],
    ['straße', 'STRASSE', true],
    ['🤔', 'so🤔what', true],
    ["didn't", 'did not', false],
    ['e2e tests', 'tests of e2e', true],
    ['e2e-tests', 'tests of e2e', false],
    ['do', 'done', false],
    ['don', 'done', true],
    ['don ', 'done', false],
  ])('%j in %j: %s', (q, text, isFound) => {
    expect(shown([text], q)).toEqual(isFound ? [text] : []);
  });

  it('reads at most sixteen words', () => {
    const words = Array.from({ length: 20 }, (_, index) => `w${index}`);
    expect(parseSearch(words.join(' '))?.phrases.flat()).toEqual(words.slice(0, 16));
  });
});
