import CircleAlert from 'lucide-react/icons/circle-alert';
import CircleCheck from 'lucide-react/icons/circle-check';
import Clock from 'lucide-react/icons/clock';
import { classNames } from '../../../ui/class-names.ts';
import type { Tone } from '../../../ui/connection-words.ts';
import { TONE_CLASSES } from '../../../ui/tone-classes.ts';
import type { ReconciliationStatus } from '../events.ts';

const LOOKS = {
  verified: { text: 'Verified', tone: 'good', Icon: CircleCheck },
  stale: { text: 'Stale', tone: 'warn', Icon: Clock },
  discrepancy: { text: 'Discrepancy', tone: 'bad', Icon: CircleAlert },
} as const satisfies Record<ReconciliationStatus, { text: string; tone: Tone; Icon: unknown }>;

/** A status as icon, word and colour. */
export function StatusPill({
  status,
  why,
}: {
  readonly status: ReconciliationStatus;
  readonly why?: string | undefined;
}) {
  const { text, tone, Icon } = LOOKS[status];
  return (
    <span
      title={why}
      className={classNames(
        'inline-flex h-6 shrink-0 items-center gap-1 rounded-full px-2 text-xs font-medium whitespace-nowrap',
        TONE_CLASSES[tone],
      )}
    >
      <Icon size={13} aria-hidden />
      {text}
    </span>
  );
}

export function statusText(status: ReconciliationStatus): string {
  return LOOKS[status].text;
}
