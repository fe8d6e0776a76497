import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';
import type { Tone } from './connection-words.ts';
import { TONE_CLASSES } from './tone-classes.ts';

export interface PillProps {
  readonly tone: Tone;
  /** Moves while what it says goes on. */
  readonly isBusy?: boolean;
  readonly children: ReactNode;
}

/** How something stands, in a word on a ground of its tone. */
export function Pill({ tone, isBusy = false, children }: PillProps) {
  return (
    <span
      className={classNames(
        'inline-flex h-5.5 shrink-0 items-center gap-1.5 rounded-full px-2 text-xs font-medium whitespace-nowrap',
        TONE_CLASSES[tone],
      )}
    >
      {isBusy && <span aria-hidden className="size-1.5 animate-pulse rounded-full bg-current" />}
      {children}
    </span>
  );
}
