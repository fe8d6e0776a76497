import type { PageDefinition } from '../../../ui/page-definition.ts';
import { eventFiltersSchema } from './event-filters.ts';

export const eventsPage = {
  path: '/events',
  title: 'Events',
  validateSearch: (search) => eventFiltersSchema.parse(search),
  load: () => import('./events-page.tsx'),
  homePanel: () => import('./home-panel.tsx'),
} as const satisfies PageDefinition;
