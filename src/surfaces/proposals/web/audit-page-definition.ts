import type { PageDefinition } from '../../../ui/page-definition.ts';
import { auditSearchSchema } from './audit-search.ts';

export const auditPage = {
  path: '/audit',
  title: 'Audit',
  validateSearch: (search) => auditSearchSchema.parse(search),
  load: () => import('./audit-page.tsx'),
} as const satisfies PageDefinition;
