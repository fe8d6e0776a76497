import type { PageDefinition } from '../../../ui/page-definition.ts';

export const projectsPage = {
  path: '/projects',
  title: 'Projects',
  validateSearch: () => ({}),
  load: () => import('./projects-page.tsx'),
} as const satisfies PageDefinition;
