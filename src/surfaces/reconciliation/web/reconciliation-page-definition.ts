import type { PageDefinition } from '../../../ui/page-definition.ts';
import { pageSearchSchema } from './page-search.ts';

export const reconciliationPage = {
  path: '/reconciliation',
  title: 'Reconciliation',
  validateSearch: (search) => pageSearchSchema.parse(search),
  load: () => import('./reconciliation-page.tsx'),
} as const satisfies PageDefinition;
