/** What a new change says, in words of whoever makes it. */
export interface ProposalText {
  readonly title: string;
  readonly why: string;
  readonly what: string;
}

export interface TaskCount {
  readonly done: number;
  readonly total: number;
}

const MAX_TITLE = 200;

/** The files of a new change; they pass the validator as they are. */
export function skeletonFiles(change: string, { title, why, what }: ProposalText): ReadonlyMap<string, string> {
  return new Map([
    ['proposal.md', `# ${title}\n\n## Why\n\n${why.trim()}\n\n## What Changes\n\n${what.trim()}\n`],
    ['tasks.md', `# Tasks\n\n## 1. Implementation\n\n- [ ] 1.1 ${title}\n`],
    [
      `specs/${change}/spec.md`,
      [
        '## ADDED Requirements',
        '',
        `### Requirement: ${title}`,
        '',
        `The system SHALL provide: ${title}.`,
        '',
        `#### Scenario: ${title}`,
        '',
        '- **WHEN** it is used as the proposal describes',
        '- **THEN** it does what the proposal describes',
        '',
      ].join('\n'),
    ],
  ]);
}

/** The first heading of `proposal.md`, without the word before it that says what the file is; else the change's name. */
export function titleOf(proposal: string | undefined, change: string): string {
  const heading = /^#[ \t]+(\S.*)$/m.exec(proposal ?? '')?.[1]?.trim() ?? '';
  return heading.replace(/^(change|proposal)\s*:\s*/i, '').slice(0, MAX_TITLE) || change;
}

/** The boxes of `tasks.md`. */
export function countTasks(tasks: string | undefined): TaskCount {
  const boxes = [...(tasks ?? '').matchAll(/^[ \t]*[-*+] \[([ xX])\]/gm)];
  return { done: boxes.filter(([, mark]) => mark !== ' ').length, total: boxes.length };
}

/** A name for a change's folder, from its title; empty when the title has nothing for one. */
export function changeNameFrom(title: string): string {
  const ascii = title
    .normalize('NFKD')
    .replace(/[^\x20-\x7e]/g, '')
    .toLowerCase();
  return ascii
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, 64)
    .replace(/-+$/, '');
}
