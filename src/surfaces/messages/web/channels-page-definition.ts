import type { PageDefinition } from '../../../ui/page-definition.ts';
import { summarySearchSchema } from './summary-search.ts';

export const channelsPage = {
  path: '/channels',
  title: 'Channels',
  validateSearch: (search) => summarySearchSchema.parse(search),
  load: () => import('./channels-page.tsx'),
} as const satisfies PageDefinition;
