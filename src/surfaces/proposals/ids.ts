import { ID_PATTERN } from './events.ts';

/** The two folders a proposal's id names. */
export interface ProposalName {
  readonly project: string;
  readonly change: string;
}

/** OpenSpec keeps finished changes here, beside the open ones. */
export const ARCHIVE = 'archive';

export function isId(text: string): boolean {
  return ID_PATTERN.test(text);
}

export function isChangeName(text: string): boolean {
  return isId(text) && text !== ARCHIVE;
}

export function proposalIdOf(project: string, change: string): string {
  return `${project}.${change}`;
}

/** Undefined for what no proposal can be called. */
export function parseProposalId(id: string): ProposalName | undefined {
  const [project = '', change = '', ...rest] = id.split('.');
  return rest.length === 0 && isId(project) && isChangeName(change) ? { project, change } : undefined;
}
