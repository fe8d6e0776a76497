import fc from 'fast-check';
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import Markdown from 'react-markdown';
import remarkGfm from 'remark-gfm';
import { expect, test } from 'vitest';
import { markdownBlocks } from './markdown-blocks.ts';

test.each<[string, string[]]>([
  ['paragraphs', ['One\n\n', 'Two\nmore\n\n\n', '# Three\n\n', 'Four']],
  ['a list, loose or with paragraphs in it, and what follows it', ['- a\n\n- b\n\n  more of b\n\n1. c\n\n', 'After']],
  ['code with blank lines', ['```js\na\n\nb\n```\n\n', 'After']],
  ['code whose end has not come', ['Before\n\n', '~~~~\na\n\n~~~\n\nb']],
  ['code in code', ['````\n```\n\na\n```\n\nb\n````\n\n', 'After']],
  ['code in a list', ['- a\n\n  ```\n  b\n\n  c\n  ```\n\n', 'After']],
  ['a table and a quotation', ['| a |\n|---|\n| b |\n\n', '> c\n\n', 'After']],
  ['a text with definitions, which hold everywhere', ['[a]\n\nb\n\n[a]: https://example.org\n\nc']],
  ['blank lines at the beginning', ['\n\nOne\n\n', 'Two']],
  ['nothing', []],
])('%s', (_, blocks) => {
  expect(markdownBlocks(blocks.join(''))).toEqual(blocks);
});

const line = fc.constantFrom(
  ...[
    'a',
    '',
    '',
    '- b',
    '  c',
    '```',
    '````',
    '~~~',
    '# d',
    '1. e',
    '> f',
    '    ```',
    '| g |',
    '|---|',
    '   ```',
    '\tx',
  ],
  ...['---', '===', '* * *', '- ```', '> ```', '+', '<b>', '<!--', '-->', '*i', 'j*', '2) k', '      ```'],
);
const lines = fc.array(line, { maxLength: 20 }).map((all) => all.join('\n'));

test('joined they are the text, and what is added changes none but the last', () => {
  fc.assert(
    fc.property(lines, lines, (text, more) => {
      // What holds for a whole text makes one block of it.
      fc.pre(!`${text}${more}`.includes('<'));
      const before = markdownBlocks(text);
      expect(before.join('')).toBe(text);
      const after = markdownBlocks(`${text}\n${more}`);
      expect(after.slice(0, Math.max(0, before.length - 1))).toEqual(before.slice(0, -1));
    }),
  );
});

const rendered = (children: string) =>
  renderToStaticMarkup(createElement(Markdown, { children, remarkPlugins: [remarkGfm] }));
const withoutLineEnds = (html: string) => html.replace(/(?<=>)\n+|\n+(?=<)/g, '');

test('each alone they are shown as they are together', () => {
  fc.assert(
    fc.property(lines, (text) => {
      const alone = markdownBlocks(text).map(rendered).join('');
      expect(withoutLineEnds(alone)).toBe(withoutLineEnds(rendered(text)));
    }),
    { numRuns: 300 },
  );
});
