import { opsAnswer } from './ops-answer.ts';

/** What the scripted model does when it is asked. */
export type Script =
  | { readonly kind: 'say'; readonly text: string; readonly pace: 'usual' | 'slow' }
  | { readonly kind: 'fail' }
  /** Says a part and breaks off the connection. */
  | { readonly kind: 'disconnect'; readonly text: string }
  /** Says it again and again, in one piece. */
  | { readonly kind: 'endless'; readonly text: string };

export interface NamedScript {
  readonly word: string;
  readonly about: string;
  readonly script: Script;
}

const NOTICE = 'This answer is scripted: no model has read your files.';

const VALID = answer(
  'specs/scripted/spec.md',
  `## ADDED Requirements

### Requirement: Scripted answer

The system SHALL show what a scripted answer has written.

#### Scenario: A scripted answer is written

- **WHEN** the scripted model answers
- **THEN** this file is there
`,
);

const INVALID = answer(
  'specs/scripted/spec.md',
  `## ADDED Requirements

### Requirement: Scripted answer

This requirement has no scenario, so that its validation fails.
`,
);

/** Chosen by the first of these words that the last message holds; without any, the first script. */
export const SCRIPTS: readonly NamedScript[] = [
  { word: 'valid', about: 'writes a file that passes the validation', script: say(VALID) },
  { word: 'invalid', about: 'writes a file that fails the validation', script: say(INVALID) },
  {
    word: 'malformed',
    about: 'answers in no known form',
    script: say(`${NOTICE}\n\n@@@ rewrite proposal.md\nsomething\n@@@ end\n`),
  },
  {
    word: 'escape',
    about: 'names a file outside of the change',
    script: say(answer('../../../outside.md', 'This must never be written.\n')),
  },
  { word: 'slow', about: 'as valid, slowly', script: { kind: 'say', text: VALID, pace: 'slow' } },
  { word: 'error', about: 'answers with status 500', script: { kind: 'fail' } },
  {
    word: 'disconnect',
    about: 'breaks off in the middle',
    script: { kind: 'disconnect', text: VALID.slice(0, VALID.length / 2) },
  },
  { word: 'endless', about: 'never ends', script: { kind: 'endless', text: 'and so on, '.repeat(400) } },
];

/** The same for a question about the state of the operations page, which is one of the messages before it. */
export const OPS_SCRIPTS: readonly (Omit<NamedScript, 'script'> & { readonly script: (answer: string) => Script })[] = [
  {
    word: 'slow',
    about: 'tells the state it was shown, slowly',
    script: (text) => ({ kind: 'say', text, pace: 'slow' }),
  },
  { word: 'long', about: 'tells it many times', script: (text) => say(`${text}\n\n`.repeat(40)) },
  { word: 'empty', about: 'says nothing', script: () => say('') },
  { word: 'error', about: 'answers with status 500', script: () => ({ kind: 'fail' }) },
  {
    word: 'disconnect',
    about: 'breaks off in the middle',
    script: (text) => ({ kind: 'disconnect', text: text.slice(0, text.length / 2) }),
  },
  { word: 'endless', about: 'never ends', script: (text) => ({ kind: 'endless', text }) },
];

export function scriptFor(lastMessage: string, said: readonly string[] = []): Script {
  const words = new Set(lastMessage.toLowerCase().match(/[a-z]+/g) ?? []);
  const answer = opsAnswer(said);
  if (answer !== undefined) {
    const named = OPS_SCRIPTS.find(({ word }) => words.has(word));
    return named ? named.script(answer) : say(answer);
  }
  const named = SCRIPTS.find(({ word }) => words.has(word)) ?? SCRIPTS[0];
  if (!named) throw new Error('there is no script');
  return named.script;
}

function say(text: string): Script {
  return { kind: 'say', text, pace: 'usual' };
}

function answer(path: string, content: string): string {
  return `${NOTICE}\n\n@@@ write ${path}\n${content}@@@ end\n`;
}
