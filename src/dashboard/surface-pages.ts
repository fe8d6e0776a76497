import { channelsPage } from '../surfaces/messages/web/channels-page-definition.ts';
import { messagesPage } from '../surfaces/messages/web/messages-page-definition.ts';
import { userPage } from '../surfaces/messages/web/user-page-definition.ts';
import { usersPage } from '../surfaces/messages/web/users-page-definition.ts';
import { eventsPage } from '../surfaces/observability/web/events-page-definition.ts';
import { opsPage } from '../surfaces/ops/web/ops-page-definition.ts';
import { auditPage } from '../surfaces/proposals/web/audit-page-definition.ts';
import { projectPage } from '../surfaces/proposals/web/project-page-definition.ts';
import { projectsPage } from '../surfaces/proposals/web/projects-page-definition.ts';
import { proposalPage } from '../surfaces/proposals/web/proposal-page-definition.ts';
import { reconciliationPage } from '../surfaces/reconciliation/web/reconciliation-page-definition.ts';
import type { PageDefinition } from '../ui/page-definition.ts';

/** Every page of a surface, in the order of the navigation and of their panels on the start page. */
export const surfacePages: readonly PageDefinition[] = [
  opsPage,
  messagesPage,
  channelsPage,
  usersPage,
  userPage,
  eventsPage,
  reconciliationPage,
  projectsPage,
  projectPage,
  proposalPage,
  auditPage,
];
