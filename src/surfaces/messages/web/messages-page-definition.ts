import type { PageDefinition } from '../../../ui/page-definition.ts';
import { messagesSearchSchema } from './messages-search.ts';

export const messagesPage = {
  path: '/messages',
  title: 'Messages',
  validateSearch: (search) => messagesSearchSchema.parse(search),
  load: () => import('./messages-page.tsx'),
  homePanel: () => import('./home-panel.tsx'),
} as const satisfies PageDefinition;
