import { describe, expect, it } from 'vitest';
import { MillraceError } from '../../protocol/errors.ts';
import { allowedStatuses, assertMaySetStatus, hindrancesOf, type ProposalState, TRANSITIONS } from './access.ts';
import { type ProposalStatus, proposalStatusSchema } from './events.ts';
import { personOf } from './testing/test-surface.ts';

const lock = { holder: 'zoe', since: '2026-01-01T00:00:00.000Z', expires_at: '2026-01-01T00:30:00.000Z' };
const state: ProposalState = {
  author: 'ann',
  reviewers: ['rob', 'vic'],
  status: 'review',
  lock: null,
  isValidating: false,
  isIterating: false,
};

const people = {
  admin: personOf('root', 'admin'),
  'the author, whatever the role': personOf('ann', 'viewer'),
  'another author': personOf('amy', 'author'),
  'a reviewer of it': personOf('rob', 'reviewer'),
  'another reviewer': personOf('rex', 'reviewer'),
  'a viewer among its reviewers': personOf('vic', 'viewer'),
  'a viewer': personOf('eve', 'viewer'),
  'nobody in particular': personOf('nil'),
};
type Who = keyof typeof people;

const situations = {
  free: state,
  locked: { ...state, lock },
  'running both': { ...state, isValidating: true, isIterating: true },
  merged: { ...state, status: 'merged' },
} as const satisfies Record<string, ProposalState>;

/** What each may do, in each situation; everything else is hindered. */
const table: Record<Who, Record<keyof typeof situations, string>> = {
  admin: {
    free: 'comment edit iterate lock review set_status validate',
    locked: 'comment lock review validate',
    'running both': 'cancel comment edit lock review set_status',
    merged: 'comment lock review validate',
  },
  'the author, whatever the role': {
    free: 'comment edit iterate lock review set_status validate',
    locked: 'comment review validate',
    'running both': 'cancel comment edit lock review set_status',
    merged: 'comment lock review validate',
  },
  'another author': {
    free: 'edit iterate lock set_status validate',
    locked: 'validate',
    'running both': 'cancel edit lock set_status',
    merged: 'lock validate',
  },
  'a reviewer of it': {
    free: 'comment review set_status validate',
    locked: 'comment review validate',
    'running both': 'cancel comment review set_status',
    merged: 'comment review validate',
  },
  'another reviewer': {
    free: 'set_status validate',
    locked: 'validate',
    'running both': 'cancel set_status',
    merged: 'validate',
  },
  'a viewer among its reviewers': { free: '', locked: '', 'running both': '', merged: '' },
  'a viewer': { free: '', locked: '', 'running both': '', merged: '' },
  'nobody in particular': { free: '', locked: '', 'running both': '', merged: '' },
};

const ACTIONS = ['cancel', 'comment', 'edit', 'iterate', 'lock', 'review', 'set_status', 'validate'] as const;

describe('hindrancesOf', () => {
  const cases = Object.entries(table).flatMap(([who, row]) =>
    Object.entries(row).map(([situation, may]) => ({
      who: who as Who,
      situation: situation as keyof typeof situations,
      may,
    })),
  );

  it.each(cases)('$who, $situation: $may', ({ who, situation, may }) => {
    const hindrances = hindrancesOf(people[who], situations[situation]);
    expect(ACTIONS.filter((action) => hindrances[action] === undefined).join(' ')).toBe(may);
  });

  it('names who holds the lock, and hinders not the holder', () => {
    expect(hindrancesOf(people['another author'], situations.locked).edit).toContain(
      'zoe has locked the project until',
    );
    expect(hindrancesOf(personOf('zoe', 'author'), situations.locked)).not.toHaveProperty('edit');
  });
});

describe('the status', () => {
  const ways = proposalStatusSchema.options.flatMap((from) =>
    proposalStatusSchema.options.map((to) => ({ from, to, isWay: TRANSITIONS[from].includes(to) })),
  );
  const expected: Record<Who, readonly string[]> = {
    admin: ['draft review', 'review draft', 'review ready', 'ready review', 'ready merged'],
    'the author, whatever the role': ['draft review', 'review draft', 'ready review', 'ready merged'],
    'another author': ['draft review', 'review draft', 'ready review', 'ready merged'],
    'a reviewer of it': ['review draft', 'review ready', 'ready review'],
    'another reviewer': ['review draft', 'review ready', 'ready review'],
    'a viewer among its reviewers': [],
    'a viewer': [],
    'nobody in particular': [],
  };

  it.each(Object.keys(people) as Who[])('goes the ways of %s and no other', (who) => {
    const gone = ways.filter(({ from, to }) => codeOf(who, from, to) === undefined);
    expect(gone.map(({ from, to }) => `${from} ${to}`)).toEqual(expected[who]);
    for (const { from, to, isWay } of ways) {
      const isAllowed = expected[who].includes(`${from} ${to}`);
      expect(allowedStatuses(people[who], { ...state, status: from }).includes(to)).toBe(isAllowed);
      if (!isWay && expected[who].length > 0) expect(codeOf(who, from, to)).toBe('conflict');
    }
  });

  function codeOf(who: Who, from: ProposalStatus, to: ProposalStatus): string | undefined {
    try {
      assertMaySetStatus(people[who], { ...state, status: from }, to);
      return undefined;
    } catch (error) {
      return error instanceof MillraceError ? error.code : 'unknown';
    }
  }
});
