import { eventsPage } from '../surfaces/observability/web/events-page-definition.ts';
import { reconciliationPage } from '../surfaces/reconciliation/web/reconciliation-page-definition.ts';
import type { PageDefinition } from '../ui/page-definition.ts';

/** Every page of the dashboard, in the order of the navigation. The first one opens at `/`. */
export const pages = [eventsPage, reconciliationPage] as const satisfies readonly PageDefinition[];
