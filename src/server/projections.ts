import type { Projection } from '../engine/store/projection.ts';
import { connectorsProjection } from '../surfaces/messages/connectors/projection.ts';
import { messagesProjection } from '../surfaces/messages/projection.ts';
import { observabilityProjection } from '../surfaces/observability/projection.ts';
import { reconciliationProjection } from '../surfaces/reconciliation/projection.ts';

/** Every surface's tables, one line each; loaded in the writer's thread. */
export const projections: readonly Projection[] = [
  observabilityProjection,
  reconciliationProjection,
  messagesProjection,
  connectorsProjection,
];
