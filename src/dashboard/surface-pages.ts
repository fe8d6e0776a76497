import { messagesPage } from '../surfaces/messages/web/messages-page-definition.ts';
import { eventsPage } from '../surfaces/observability/web/events-page-definition.ts';
import { reconciliationPage } from '../surfaces/reconciliation/web/reconciliation-page-definition.ts';
import type { PageDefinition } from '../ui/page-definition.ts';

/** Every page of a surface, in the order of the navigation and of their panels on the start page. */
export const surfacePages: readonly PageDefinition[] = [messagesPage, eventsPage, reconciliationPage];
