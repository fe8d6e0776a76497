import { isAdmin, isMember, type Principal } from '../../engine/auth/principal.ts';
import { MillraceError } from '../../protocol/errors.ts';
import type { Hindrances, Lock, ProposalStatus } from './events.ts';

/** What somebody may want to do; the members of {@link Hindrances}. */
export type Action = keyof Hindrances;

/** What decides beside who asks. */
export interface ProposalState {
  readonly author: string | null;
  readonly reviewers: readonly string[];
  readonly status: ProposalStatus;
  /** The lock in force. */
  readonly lock: Lock | null;
  readonly isValidating: boolean;
  readonly isIterating: boolean;
}

interface Hindrance {
  /** `forbidden`: it is about who asks; `conflict`: it is about how things are. */
  readonly code: 'forbidden' | 'conflict';
  readonly reason: string;
  readonly details?: unknown;
}

/** The only ways a status can go; `merged` is final. */
export const TRANSITIONS: Readonly<Record<ProposalStatus, readonly ProposalStatus[]>> = {
  draft: ['review'],
  review: ['draft', 'ready'],
  ready: ['review', 'merged'],
  merged: [],
};

/** Ways of the status that are the reviewers' to go; all others are the authors'. */
const REVIEWERS_WAYS: ReadonlySet<string> = new Set(['review ready', 'review draft', 'ready review']);
const AUTHORS_WAYS: ReadonlySet<string> = new Set(['draft review', 'review draft', 'ready review', 'ready merged']);

const ACTIONS: readonly Action[] = ['edit', 'validate', 'iterate', 'cancel', 'comment', 'review', 'set_status', 'lock'];

/** Everything that somebody can't do now, with the reason in words for them. */
export function hindrancesOf(principal: Principal, state: ProposalState): Hindrances {
  const hindrances: Hindrances = {};
  for (const action of ACTIONS) {
    const hindrance = hindranceOf(action, principal, state);
    if (hindrance) hindrances[action] = hindrance.reason;
  }
  return hindrances;
}

/** Throws `forbidden` or `conflict` with the reason. */
export function assertMay(action: Action, principal: Principal, state: ProposalState): void {
  const hindrance = hindranceOf(action, principal, state);
  if (hindrance) throw new MillraceError(hindrance.code, hindrance.reason, { details: hindrance.details });
}

/** The statuses somebody may set now, leaving locks aside. */
export function allowedStatuses(principal: Principal, state: ProposalState): readonly ProposalStatus[] {
  return TRANSITIONS[state.status].filter((to) => mayGo(`${state.status} ${to}`, principal, state));
}

/** Throws `conflict` for a way that doesn't exist, `forbidden` for one that is somebody else's. */
export function assertMaySetStatus(principal: Principal, state: ProposalState, to: ProposalStatus): void {
  assertMay('set_status', principal, state);
  const allowed = TRANSITIONS[state.status];
  if (!allowed.includes(to)) {
    const message = `a proposal in ${state.status} can't become ${to}`;
    throw new MillraceError('conflict', message, { details: { status: state.status, allowed } });
  }
  if (mayGo(`${state.status} ${to}`, principal, state)) return;
  throw new MillraceError('forbidden', `your role can't set ${state.status} to ${to}`);
}

/** Who is told of a proposal's comments. */
export function isInAudience(principal: Principal, state: Pick<ProposalState, 'author' | 'reviewers'>): boolean {
  return isAdmin(principal) || isAuthor(principal, state) || state.reviewers.includes(principal.sub);
}

/** Whether somebody may make projects and proposals; throws `forbidden`. */
export function assertMayCreate(principal: Principal, project: string): void {
  const isAllowed = isMember(principal, project) && (isAdmin(principal) || principal.roles.has('author'));
  if (!isAllowed) throw new MillraceError('forbidden', 'only authors and admins of the project may do this');
}

/** Throws `conflict` naming the holder when somebody else holds the lock. */
export function assertUnlocked(principal: Principal, lock: Lock | null): void {
  const held = lockedByOther(principal, lock);
  if (held) throw new MillraceError(held.code, held.reason, { details: held.details });
}

function hindranceOf(action: Action, principal: Principal, state: ProposalState): Hindrance | undefined {
  switch (action) {
    case 'edit':
      return notAuthor(principal, state) ?? whenMerged(state) ?? lockedByOther(principal, state.lock);
    case 'validate':
      return notTakingPart(principal, state) ?? (state.isValidating ? conflict('a validation is running') : undefined);
    case 'iterate':
      return (
        notAuthor(principal, state) ??
        whenMerged(state) ??
        lockedByOther(principal, state.lock) ??
        (state.isIterating ? conflict('an iteration is running') : undefined)
      );
    case 'cancel':
      return (
        notTakingPart(principal, state) ??
        (state.isIterating || state.isValidating ? undefined : conflict('nothing is running'))
      );
    case 'comment':
    case 'review':
      return notInDiscussion(principal, state);
    case 'set_status':
      return notTakingPart(principal, state) ?? whenMerged(state) ?? lockedByOther(principal, state.lock);
    case 'lock':
      return notAuthor(principal, state) ?? (isAdmin(principal) ? undefined : lockedByOther(principal, state.lock));
    default:
      return action satisfies never;
  }
}

function mayGo(way: string, principal: Principal, state: ProposalState): boolean {
  if (isAdmin(principal)) return true;
  if (AUTHORS_WAYS.has(way) && !notAuthor(principal, state)) return true;
  return REVIEWERS_WAYS.has(way) && principal.roles.has('reviewer');
}

function isAuthor({ sub }: Principal, { author }: Pick<ProposalState, 'author'>): boolean {
  return author !== null && author === sub;
}

function notAuthor(principal: Principal, state: ProposalState): Hindrance | undefined {
  const isOne = isAdmin(principal) || principal.roles.has('author') || isAuthor(principal, state);
  return isOne ? undefined : { code: 'forbidden', reason: 'only authors may do this' };
}

function notTakingPart(principal: Principal, state: ProposalState): Hindrance | undefined {
  if (principal.roles.has('reviewer')) return undefined;
  return notAuthor(principal, state) && { code: 'forbidden', reason: 'only authors and reviewers may do this' };
}

function notInDiscussion(principal: Principal, state: ProposalState): Hindrance | undefined {
  if (isAdmin(principal) || isAuthor(principal, state)) return undefined;
  if (!state.reviewers.includes(principal.sub)) {
    return { code: 'forbidden', reason: 'only the author and the reviewers of this proposal may do this' };
  }
  const mayWrite = principal.roles.has('reviewer') || principal.roles.has('author');
  return mayWrite ? undefined : { code: 'forbidden', reason: 'your role may only read' };
}

function whenMerged({ status }: ProposalState): Hindrance | undefined {
  return status === 'merged' ? conflict('the proposal is merged') : undefined;
}

function lockedByOther({ sub }: Principal, lock: Lock | null): Hindrance | undefined {
  if (lock === null || lock.holder === sub) return undefined;
  return conflict(`${lock.holder} has locked the project until ${lock.expires_at}`, { lock });
}

function conflict(reason: string, details?: unknown): Hindrance {
  return { code: 'conflict', reason, ...(details === undefined ? {} : { details }) };
}
