import type { PageDefinition } from '../../../ui/page-definition.ts';
import { proposalSearchSchema } from './proposal-search.ts';

export const proposalPage = {
  path: '/proposals/$proposal',
  title: 'Proposal',
  titleOf: ({ proposal }) => proposal,
  validateSearch: (search) => proposalSearchSchema.parse(search),
  load: () => import('./proposal-page.tsx'),
} as const satisfies PageDefinition;
