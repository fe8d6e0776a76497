import { eventIngestCriteria } from './cases/event-ingest.ts';
import { eventStreamCriteria } from './cases/event-stream.ts';
import { feedPositionCriteria } from './cases/feed-positions.ts';
import { feedTransportCriteria } from './cases/feed-transports.ts';
import { liveViewCriteria } from './cases/live-views.ts';
import { messageCriteria } from './cases/messages.ts';
import { opsCriteria } from './cases/ops.ts';
import { proposalAccessCriteria } from './cases/proposal-access.ts';
import { proposalEventCriteria } from './cases/proposal-events.ts';
import { reconciliationCriteria } from './cases/reconciliation.ts';
import type { Criterion, Spec } from './criterion.ts';

const CRITERIA: Readonly<Record<Spec, readonly Criterion[]>> = {
  '000': opsCriteria,
  '001': reconciliationCriteria,
  '002': [...proposalAccessCriteria, ...proposalEventCriteria],
  '003': [...messageCriteria, ...liveViewCriteria],
  '004': [...eventStreamCriteria, ...eventIngestCriteria],
  feeds: [...feedTransportCriteria, ...feedPositionCriteria],
};

export function criteriaOf(spec: Spec): readonly Criterion[] {
  return CRITERIA[spec];
}
