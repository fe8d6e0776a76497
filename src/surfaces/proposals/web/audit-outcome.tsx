import { Pill } from '../../../ui/pill.tsx';
import type { AuditLine } from '../events.ts';

const TONES = { success: 'good', failure: 'warn', denied: 'bad' } as const;

/** Whether what somebody wanted was done, came to nothing, or was refused to them. */
export function OutcomePill({ outcome }: Pick<AuditLine, 'outcome'>) {
  return <Pill tone={TONES[outcome]}>{outcome}</Pill>;
}
