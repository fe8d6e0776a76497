import type { Probe } from './probes/probe.ts';

/** The specs by number, and `feeds`: what holds for every feed. */
export const SPECS = ['000', '001', '002', '003', '004', 'feeds'] as const;
export type Spec = (typeof SPECS)[number];

/** One sentence of a spec, and how a server is seen to keep it. */
export interface Criterion {
  /** Names it within its spec. */
  readonly name: string;
  /** As the spec, or the contract that completes it, says it. */
  readonly words: string;
  /** It waits long; default false. Such cases run beside the others. */
  readonly isSlow?: boolean;
  /** Throws where the server doesn't keep it, or where that can't be judged. */
  readonly judge: (probe: Probe) => Promise<void>;
}
