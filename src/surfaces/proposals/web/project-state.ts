import type { ProjectDetail, ProposalEvent, ProposalStatus, ProposalSummary } from '../events.ts';

/** The columns of the board, in the order of the way through it. */
export const STATUSES: readonly ProposalStatus[] = ['draft', 'review', 'ready', 'merged'];

/** A project after an event of its feed; the same object where its board shows nothing of the event. */
export function updateProject(state: ProjectDetail, event: ProposalEvent): ProjectDetail {
  if (event.type === 'lock_changed') return event.project_id === state.id ? { ...state, lock: event.lock } : state;
  const before = state.proposal_list.find(({ id }) => id === event.proposal_id);
  const after = before && updateSummary(before, event);
  if (after === before) return state;
  const proposal_list = state.proposal_list.map((item) => (item === before && after ? after : item));
  return { ...state, proposal_list };
}

/** Whether an event changes more than it says: tasks, open comments, proposals that are new. */
export function changesBoard({ type }: ProposalEvent): boolean {
  return ['comment_created', 'comment_updated', 'file_changed', 'reviewers_changed', 'proposal_created'].includes(type);
}

/** The proposals of each status, those that changed last first. */
export function boardOf(
  proposals: readonly ProposalSummary[],
): ReadonlyMap<ProposalStatus, readonly ProposalSummary[]> {
  const newestFirst = [...proposals].sort((a, b) => (a.updated_at > b.updated_at ? -1 : 1));
  return new Map(STATUSES.map((status) => [status, newestFirst.filter((item) => item.status === status)]));
}

function updateSummary(summary: ProposalSummary, event: ProposalEvent): ProposalSummary {
  const { validation } = summary;
  switch (event.type) {
    case 'proposal_status_changed':
      return { ...summary, status: event.status, updated_at: event.at };
    case 'reviewers_changed':
      return { ...summary, reviewers: event.reviewers };
    case 'validation_start': {
      const { run_id, proposal_id, actor, at } = event;
      const run = { run_id, proposal_id, started_by: actor ?? '', started_at: at, ended_at: null } as const;
      return { ...summary, validation: { ...run, status: 'running' } };
    }
    case 'validation_complete':
      if (validation?.run_id !== event.run_id) return summary;
      return { ...summary, validation: { ...validation, status: event.status, ended_at: event.at } };
    case 'validation_error': {
      if (validation?.run_id !== event.run_id) return summary;
      const status = event.code === 'cancelled' ? 'cancelled' : 'error';
      return { ...summary, validation: { ...validation, status, error: event.error, ended_at: event.at } };
    }
    case 'iteration_start':
      return { ...summary, is_iterating: true };
    case 'iteration_complete':
    case 'iteration_cancelled':
    case 'iteration_error':
      return { ...summary, is_iterating: false };
    default:
      return summary;
  }
}
