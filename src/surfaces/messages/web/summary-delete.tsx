import { lazy, Suspense, useState } from 'react';
import type { SummaryKind } from './summary-kind.ts';

const Question = lazy(() => import('./summary-question.tsx').then((module) => ({ default: module.SummaryQuestion })));

export interface SummaryDeleteProps {
  readonly kind: SummaryKind;
  /** What may be deleted; undefined while nothing is asked. */
  readonly name: string | undefined;
  readonly onClose: () => void;
  readonly onDeleted?: (() => void) | undefined;
}

/** Asks before a channel or a user is deleted. The code of the question comes with the first. */
export function SummaryDelete({ name, ...props }: SummaryDeleteProps) {
  const [asked, setAsked] = useState({ name: undefined as string | undefined, last: '', count: 0 });
  if (name !== asked.name) {
    const isNew = name !== undefined;
    setAsked({ name, last: name ?? asked.last, count: asked.count + (isNew ? 1 : 0) });
  }
  if (asked.count === 0) return null;
  return (
    <Suspense>
      {/* What was chosen and what failed belong to one question. */}
      <Question key={asked.count} {...props} name={asked.last} isOpen={name !== undefined} />
    </Suspense>
  );
}
