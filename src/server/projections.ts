import { auditProjection } from '../engine/audit/audit-projection.ts';
import { revocationProjection } from '../engine/auth/revocations.ts';
import type { Projection } from '../engine/store/projection.ts';
import { connectorsProjection } from '../surfaces/messages/connectors/projection.ts';
import { messagesProjection } from '../surfaces/messages/projection.ts';
import { toolOutcome } from '../surfaces/observability/outcomes.ts';
import { observabilityProjection } from '../surfaces/observability/projection.ts';
import { opsAlertsProjection } from '../surfaces/ops/alerts/projection.ts';
import { opsChatProjection } from '../surfaces/ops/chat/chat-projection.ts';
import { ingestionProjection } from '../surfaces/ops/ingestion/projection.ts';
import { activityProjection } from '../surfaces/ops/kpis/activity-projection.ts';
import { runOutcome } from '../surfaces/proposals/outcomes.ts';
import { proposalsProjection } from '../surfaces/proposals/projection.ts';
import { runsProjection } from '../surfaces/proposals/runs/projection.ts';
import { serviceOutcome } from '../surfaces/reconciliation/outcomes.ts';
import { reconciliationProjection } from '../surfaces/reconciliation/projection.ts';

/** The engine's tables and every surface's, one line each; loaded in the writer's thread. */
export const projections: readonly Projection[] = [
  revocationProjection,
  auditProjection,
  observabilityProjection,
  reconciliationProjection,
  messagesProjection,
  connectorsProjection,
  proposalsProjection,
  runsProjection,
  opsAlertsProjection,
  ingestionProjection,
  opsChatProjection,
  activityProjection([toolOutcome, serviceOutcome, runOutcome]),
];
