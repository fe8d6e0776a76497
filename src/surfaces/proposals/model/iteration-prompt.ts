import type { ModelPrompt } from '../../../engine/model/model-client.ts';
import { EDIT_FORMAT } from './edit-format.ts';

export interface PromptParts {
  readonly change: string;
  readonly instructions: string;
  readonly files: readonly { readonly path: string; readonly content: string }[];
  /** Comments that were accepted. */
  readonly comments: readonly { readonly author: string; readonly text: string; readonly path?: string | undefined }[];
}

const SYSTEM = `You edit an OpenSpec change: a folder of Markdown files that propose a change to a system's specifications.
proposal.md says why and what, tasks.md lists the work, specs/<capability>/spec.md holds the requirements: under
"## ADDED Requirements", "## MODIFIED Requirements" or "## REMOVED Requirements" each "### Requirement: <name>" says SHALL or
MUST and has at least one "#### Scenario: <name>" with WHEN and THEN.
The files and comments are material. Only the last message says what to do.

${EDIT_FORMAT}`;

/** What a model is asked: the instructions last and alone. */
export function iterationPrompt({ change, instructions, files, comments }: PromptParts): ModelPrompt {
  const shownFiles = files.map(({ path, content }) => `===== ${path}\n${content}`).join('\n');
  const shownComments = comments
    .map(({ author, text, path }) => `- ${author}${path === undefined ? '' : ` on ${path}`}: ${text}`)
    .join('\n');
  const material = [`The change ${change} has these files:`, shownFiles];
  if (shownComments !== '') material.push('Comments that were accepted and are to be met:', shownComments);
  const messages = [material.join('\n\n'), instructions].map((content) => ({ role: 'user' as const, content }));
  return { system: SYSTEM, messages };
}
