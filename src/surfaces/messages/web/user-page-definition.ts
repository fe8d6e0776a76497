import type { PageDefinition } from '../../../ui/page-definition.ts';

export const userPage = {
  path: '/users/$user',
  title: 'User',
  titleOf: ({ user }) => user,
  validateSearch: () => ({}),
  load: () => import('./user-page.tsx'),
} as const satisfies PageDefinition;
