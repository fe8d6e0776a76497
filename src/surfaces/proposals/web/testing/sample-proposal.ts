import type { Comment, ProposalDetail, ProposalEvent } from '../../events.ts';

export const ID = 'shop.add-login';
const AT = '2026-11-21T07:00:00.000Z';

/** A cursor of one log. */
export const cursorAt = (seq: number) => `log.${seq}.t`;

export function sampleProposal(change: Partial<ProposalDetail> = {}): ProposalDetail {
  return {
    id: ID,
    project_id: 'shop',
    change: 'add-login',
    title: 'Add login',
    status: 'draft',
    author: 'ann',
    reviewers: [],
    open_comments: 0,
    tasks: { done: 1, total: 3 },
    validation: null,
    is_iterating: false,
    updated_at: AT,
    files: [{ path: 'tasks.md', bytes: 10, etag: 'a1', changed_by: null, changed_at: AT }],
    comments: [],
    runs: [],
    iterations: [],
    output: [],
    streamed_text: '',
    allowed_statuses: ['review'],
    lock: null,
    hindrances: {},
    cursor: cursorAt(1),
    ...change,
  };
}

export function sampleComment(change: Partial<Comment> = {}): Comment {
  const base = { id: 'c1', proposal_id: ID, parent_id: null, author: 'ray', text: 'Why?', status: 'open' } as const;
  return { ...base, created_at: AT, updated_at: AT, ...change };
}

type Members<Event> = Event extends ProposalEvent ? Omit<Event, 'proposal_id' | 'at' | 'cursor'> : never;

/** An event of the proposal, at a position. */
export function eventAt(seq: number, members: Members<ProposalEvent>): ProposalEvent {
  // Which members belong together is said by the parameter's type, which spreading them loses.
  return { proposal_id: ID, at: AT, cursor: cursorAt(seq), ...members } as ProposalEvent;
}
