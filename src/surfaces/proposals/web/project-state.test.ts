import { describe, expect, it } from 'vitest';
import type { ProjectDetail } from '../events.ts';
import { boardOf, changesBoard, updateProject } from './project-state.ts';
import { cursorAt, eventAt, sampleProposal } from './testing/sample-proposal.ts';

function sampleProject(): ProjectDetail {
  const other = sampleProposal({ id: 'shop.other', updated_at: '2026-11-21T08:00:00.000Z' });
  return {
    id: 'shop',
    proposals: 2,
    lock: null,
    connected: ['ann'],
    proposal_list: [sampleProposal(), other],
    cursor: cursorAt(1),
  };
}

const moved = eventAt(2, {
  type: 'proposal_status_changed',
  actor: 'ann',
  status: 'review',
  previous_status: 'draft',
});

describe('a project after the events of its feed', () => {
  it('moves a proposal to the column of its new status', () => {
    const board = boardOf(updateProject(sampleProject(), moved).proposal_list);
    expect(board.get('review')?.map(({ id }) => id)).toEqual(['shop.add-login']);
    expect(board.get('draft')?.map(({ id }) => id)).toEqual(['shop.other']);
  });

  it('shows of each status what changed last first', () => {
    const { proposal_list } = sampleProject();
    expect(
      boardOf(proposal_list)
        .get('draft')
        ?.map(({ id }) => id),
    ).toEqual(['shop.other', 'shop.add-login']);
  });

  it('shows that a proposal is being validated and iterated, and how that ended', () => {
    const start = eventAt(2, { type: 'validation_start', actor: 'ann', run_id: 'r1' });
    const end = eventAt(3, { type: 'validation_complete', status: 'passed', summary: {}, run_id: 'r1' });
    const iterating = eventAt(4, { type: 'iteration_start', actor: 'ann', iteration_id: 'i1', instructions: 'x' });
    const cancelled = eventAt(5, { type: 'iteration_cancelled', actor: 'ann', iteration_id: 'i1' });
    const running = updateProject(sampleProject(), start);
    expect(running.proposal_list[0]?.validation?.status).toBe('running');
    expect(updateProject(running, end).proposal_list[0]?.validation?.status).toBe('passed');
    const iterated = updateProject(running, iterating);
    expect(iterated.proposal_list[0]?.is_iterating).toBe(true);
    expect(updateProject(iterated, cancelled).proposal_list[0]?.is_iterating).toBe(false);
  });

  it('is the same object after tokens and lines, which the board does not show', () => {
    const state = sampleProject();
    expect(updateProject(state, eventAt(2, { type: 'token', content: 'x', iteration_id: 'i1' }))).toBe(state);
    expect(updateProject(state, { ...moved, proposal_id: 'shop.unknown' })).toBe(state);
  });

  it('takes the lock of its own project', () => {
    const lock = { holder: 'ann', since: '2026-11-21T07:00:00Z', expires_at: '2026-11-21T07:30:00Z' };
    const locked = eventAt(2, { type: 'lock_changed', actor: 'ann', project_id: 'shop', lock, reason: 'locked' });
    expect(updateProject(sampleProject(), locked).lock).toEqual(lock);
  });

  it('is read again for what is new in it', () => {
    expect(changesBoard(eventAt(2, { type: 'proposal_created', actor: 'ann', title: 'New' }))).toBe(true);
    expect(changesBoard(moved)).toBe(false);
  });
});
