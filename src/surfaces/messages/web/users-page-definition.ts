import type { PageDefinition } from '../../../ui/page-definition.ts';
import { summarySearchSchema } from './summary-search.ts';

export const usersPage = {
  path: '/users',
  title: 'Users',
  validateSearch: (search) => summarySearchSchema.parse(search),
  load: () => import('./users-page.tsx'),
} as const satisfies PageDefinition;
