import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PROPOSAL_LIMITS } from '../events.ts';
import { EDIT_LIMITS, isEditable, parseEdits } from './edit-format.ts';

const write = (path: string, content = 'text\n') => `@@@ write ${path}\n${content}@@@ end\n`;

describe('an answer of the form', () => {
  test('gives its files whole, with text around them', () => {
    const answer = `First.\n${write('proposal.md', '# A\n\n```ts\n@ x\n```\n')}Then.\n${write('specs/a-b/spec.md', 'b\n')}Done.`;
    expect(parseEdits(answer)).toEqual({
      ok: true,
      edits: [
        { path: 'proposal.md', content: '# A\n\n```ts\n@ x\n```\n' },
        { path: 'specs/a-b/spec.md', content: 'b\n' },
      ],
    });
  });

  test('may have CR LF and spaces after its markers', () => {
    const answer = '@@@ write tasks.md \r\n- [ ] 1\r\n@@@ end  \r\n';
    expect(parseEdits(answer)).toEqual({ ok: true, edits: [{ path: 'tasks.md', content: '- [ ] 1\n' }] });
  });

  test('may end without a line end', () => {
    expect(parseEdits('@@@ write tasks.md\na\n@@@ end')).toMatchObject({ ok: true });
  });

  test('any text that has no marker in it comes out as it went in', () => {
    const line = fc
      .string({ unit: 'grapheme' })
      .filter((text) => !/^@@@|[\n\r\p{Cc}]/u.test(text) && text.isWellFormed());
    fc.assert(
      fc.property(fc.array(line, { minLength: 1 }), (lines) => {
        fc.pre(lines.some((text) => text.trim() !== ''));
        const content = lines.map((text) => `${text}\n`).join('');
        expect(parseEdits(write('design.md', content))).toEqual({ ok: true, edits: [{ path: 'design.md', content }] });
      }),
    );
  });
});

const REFUSED: readonly (readonly [name: string, answer: string, reason: string])[] = [
  ['nothing at all', '', 'writes no file'],
  ['words only', 'I would change the proposal as follows.', 'writes no file'],
  ['a diff', '--- a/proposal.md\n+++ b/proposal.md\n@@ -1 +1 @@\n-a\n+b\n', 'writes no file'],
  ['fenced blocks', '```proposal.md\ntext\n```\n', 'writes no file'],
  ['an unknown marker', '@@@ delete proposal.md\n', 'is no marker'],
  ['a marker that is nearly one', '@@@write proposal.md\na\n@@@ end\n', 'is no marker'],
  ['a marker in a file', write('proposal.md', 'a\n@@@ note\n'), 'is no marker'],
  ['a path with a space', write('my file.md'), 'is no marker'],
  ['no path', '@@@ write\na\n@@@ end\n', 'is no marker'],
  ['a file inside another', '@@@ write a.md\n@@@ write b.md\nx\n@@@ end\n', 'inside another'],
  ['an end without a beginning', '@@@ end\n', 'was not begun'],
  ['two ends', `${write('a.md')}@@@ end\n`, 'was not begun'],
  ['a file without an end', '@@@ write a.md\nhalf of', 'ends inside a.md'],
  ['one file twice', write('a.md') + write('a.md'), 'a second time'],
  ['one good file and one bad', write('a.md') + write('../b.md'), 'may not be written'],
  ['an empty file', write('a.md', ''), 'would be empty'],
  ['a file of blanks', write('a.md', ' \n\n'), 'would be empty'],
  ['a NUL', write('a.md', 'a\u0000b\n'), 'control characters'],
  ['an escape', write('a.md', 'a\u001b[31mb\n'), 'control characters'],
  ['half a character', write('a.md', 'a\ud800b\n'), 'half characters'],
  ['a file too long', write('a.md', `${'x'.repeat(PROPOSAL_LIMITS.fileBytes)}\n`), 'longer than a file'],
  [
    'files too long together',
    ['a', 'b', 'c'].map((name) => write(`${name}.md`, `${'x'.repeat(200_000)}\n`)).join(''),
    'too long together',
  ],
  ['an answer too long', 'x'.repeat(EDIT_LIMITS.answer + 1), 'too long'],
  [
    'too many files',
    Array.from({ length: EDIT_LIMITS.edits + 1 }, (_, index) => write(`f${index}.md`)).join(''),
    'more than 20 files',
  ],
];

describe('an answer of another form is refused as a whole', () => {
  test.each(REFUSED)('%s', (_name, answer, reason) => {
    expect(parseEdits(answer)).toEqual({ ok: false, reason: expect.stringContaining(reason) });
  });

  test('anything is answered, and what is accepted is within the rules', () => {
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom('@@@ write ', '@@@ end', '\n', '@@@', 'a.md', '../', '/', 'specs/', '\r\n', ' '),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const parsed = parseEdits(pieces.join(''));
        if (!parsed.ok) return;
        expect(parsed.edits.every(({ path }) => isEditable(path))).toBe(true);
        expect(new Set(parsed.edits.map(({ path }) => path)).size).toBe(parsed.edits.length);
      }),
      { numRuns: 1_000 },
    );
  });
});

test.each([
  '../outside.md',
  'specs/../../outside.md',
  '/etc/passwd.md',
  'a//b.md',
  './a.md',
  'specs\\a\\spec.md',
  'C:a.md',
  '.hidden.md',
  'specs/.git/config.md',
  'a..md',
  'a.md/',
  'a.sh',
  'openspec.json',
  'Proposal.md',
  'a.md\u0000',
  '%2e%2e/a.md',
  '-rf.md',
  '~/a.md',
  '$HOME/a.md',
  `${'a/'.repeat(10)}a.md`,
  `${'a'.repeat(200)}.md`,
])('a model may not write %j', (path) => {
  expect(isEditable(path)).toBe(false);
});
