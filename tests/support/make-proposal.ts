import { expect } from 'vitest';
import type { ProposalsSystem } from './proposals-system.ts';

export interface ProposalOptions {
  /** Default `ann`. */
  readonly by?: string;
  /** Default none. */
  readonly reviewers?: readonly string[];
}

/** A new proposal of alpha, valid as it is, made by somebody over the API. */
export async function makeProposal(
  system: ProposalsSystem,
  change: string,
  { by = 'ann', reviewers = [] }: ProposalOptions = {},
) {
  const author = await system.person(by);
  const made = await author.post('/api/v1/projects/alpha/proposals', {
    title: `About ${change}`,
    why: 'Because it is needed by everybody who has no other way to do what has to be done here.',
    what: '- One thing',
    change,
  });
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  const path = `/api/v1/proposals/${made.body.id}`;
  if (reviewers.length > 0) expect((await author.call('PUT', `${path}/reviewers`, { reviewers })).status).toBe(200);
  return { author, id: String(made.body.id), path, feed: `${path}/events`, cursor: String(made.body.cursor) };
}
