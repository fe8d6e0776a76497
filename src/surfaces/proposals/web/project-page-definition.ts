import type { PageDefinition } from '../../../ui/page-definition.ts';

export const projectPage = {
  path: '/projects/$project',
  title: 'Project',
  titleOf: ({ project }) => project,
  validateSearch: () => ({}),
  load: () => import('./project-page.tsx'),
} as const satisfies PageDefinition;
