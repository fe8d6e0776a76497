import type { PageDefinition } from '../../../ui/page-definition.ts';
import { opsSearchSchema } from './ops-search.ts';

export const opsPage = {
  path: '/ops',
  title: 'Ops',
  validateSearch: (search) => opsSearchSchema.parse(search),
  load: () => import('./ops-page.tsx'),
} as const satisfies PageDefinition;
