import type { Lock } from '../events.ts';
import type { Session } from './proposals-api.ts';

/** Why somebody can't make projects or proposals; undefined where they can, as far as the page knows. */
export function createHindrance(session: Session | undefined, lock: Lock | null = null): string | undefined {
  if (!session) return undefined;
  if (!session.is_admin && !session.roles.includes('author')) return 'Only authors and admins may do this.';
  if (lock && lock.holder !== session.user) return `${lock.holder} has locked the project.`;
  return undefined;
}

/** What somebody can do with a lock. */
export type LockChoice = 'lock' | 'unlock' | 'take_over' | 'none';

export function lockChoice(session: Session | undefined, lock: Lock | null): LockChoice {
  if (lock === null) return 'lock';
  if (!session) return 'none';
  if (lock.holder === session.user) return 'unlock';
  return session.is_admin ? 'take_over' : 'none';
}

/** `29:05` until a moment; undefined once it has come. */
export function timeLeft(until: string, now: number): string | undefined {
  const seconds = Math.ceil((Date.parse(until) - now) / 1_000);
  if (!(seconds > 0)) return undefined;
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
