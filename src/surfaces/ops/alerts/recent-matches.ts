import type { EventRule } from './alert-rules.ts';

/** Causes that are counted at a time, of one rule; the one that was quiet longest is forgotten first. */
const MAX_CAUSES = 1_000;

/** Code, cause, and the commit times of the newest matches. */
export type StoredMatches = readonly [code: string, cause: string, times: readonly number[]];

/** Counts matches of rules that take more than one; a function of the records alone, whatever was raised. */
export class RecentMatches {
  readonly #byRule = new Map<string, Map<string, number[]>>();

  /** How many there are with this one, of the same cause and within the rule's window. */
  note(rule: EventRule, cause: string, at: number): number {
    const { count = 1, windowMs = Number.POSITIVE_INFINITY } = rule;
    if (count <= 1) return 1;
    const causes = this.#byRule.get(rule.code) ?? new Map<string, number[]>();
    this.#byRule.set(rule.code, causes);
    // The wall clock may have been set back: what seems to come from far ahead counts no more either.
    const times = (causes.get(cause) ?? []).filter((time) => Math.abs(at - time) < windowMs);
    times.push(at);
    causes.delete(cause);
    causes.set(cause, times.slice(-count));
    for (const oldest of causes.keys()) {
      if (causes.size <= MAX_CAUSES) break;
      causes.delete(oldest);
    }
    return Math.min(times.length, count);
  }

  forget({ code }: EventRule, cause: string): void {
    this.#byRule.get(code)?.delete(cause);
  }

  hasAny({ code }: EventRule): boolean {
    return (this.#byRule.get(code)?.size ?? 0) > 0;
  }

  /** In the order in which causes are forgotten. */
  stored(): StoredMatches[] {
    return [...this.#byRule].flatMap(([code, causes]) =>
      [...causes].map(([cause, times]): StoredMatches => [code, cause, times]),
    );
  }

  restore(stored: readonly StoredMatches[]): void {
    for (const [code, cause, times] of stored) {
      const causes = this.#byRule.get(code) ?? new Map<string, number[]>();
      causes.set(cause, [...times]);
      this.#byRule.set(code, causes);
    }
  }
}
