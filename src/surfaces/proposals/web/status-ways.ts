import type { ProposalStatus } from '../events.ts';

export interface StatusLimits {
  /** The statuses that may be set now; undefined where only the server knows. */
  readonly allowed?: readonly ProposalStatus[] | undefined;
  /** Why none can be set now. */
  readonly hindrance?: string | undefined;
}

/** The only ways a status can go; the server says the same. */
const WAYS: Readonly<Record<ProposalStatus, readonly ProposalStatus[]>> = {
  draft: ['review'],
  review: ['draft', 'ready'],
  ready: ['review', 'merged'],
  merged: [],
};

/** Why a status can't be set; undefined where it can. */
export function whyNot(
  from: ProposalStatus,
  to: ProposalStatus,
  { allowed, hindrance }: StatusLimits,
): string | undefined {
  if (from === 'merged') return 'Merged is final.';
  if (!WAYS[from].includes(to)) return `From ${from} the way leads to ${WAYS[from].join(' or ')}.`;
  if (hindrance !== undefined) return hindrance;
  return allowed && !allowed.includes(to) ? 'Your role may not do this.' : undefined;
}
