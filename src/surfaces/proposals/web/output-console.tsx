import ArrowDown from 'lucide-react/icons/arrow-down';
import { useLayoutEffect, useRef, useState } from 'react';
import { Button } from '../../../ui/button.tsx';
import { classNames } from '../../../ui/class-names.ts';
import type { ProposalDetail } from '../events.ts';

/** How near to its end counts as being there. */
const NEAR_PX = 24;

export interface OutputConsoleProps {
  readonly lines: ProposalDetail['output'];
  /** What it says while there are none. */
  readonly empty: string;
}

/** What a program writes, line by line. It follows the newest line until somebody scrolls away from it. */
export function OutputConsole({ lines, empty }: OutputConsoleProps) {
  const box = useRef<HTMLElement>(null);
  const [isFollowing, setFollowing] = useState(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: every new line moves the end
  useLayoutEffect(() => {
    if (isFollowing) box.current?.scrollTo({ top: box.current.scrollHeight });
  }, [lines, isFollowing]);
  return (
    <div className="relative flex min-h-0 flex-1 flex-col">
      <section
        ref={box}
        aria-label="Output"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        tabIndex={0}
        onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) =>
          setFollowing(scrollHeight - scrollTop - clientHeight < NEAR_PX)
        }
        className="min-h-40 flex-1 max-lg:max-h-[60dvh] overflow-y-auto bg-ground py-2 font-mono text-xs leading-5 outline-offset-[-2px]"
      >
        {lines.length === 0 && <p className="px-4 font-sans text-muted">{empty}</p>}
        <ol>
          {lines.map(({ line, stream }, index) => (
            <li
              // biome-ignore lint/suspicious/noArrayIndexKey: a line has no name but its place
              key={index}
              className={classNames('flex gap-3 px-4', stream === 'stderr' && 'bg-warn-ground')}
            >
              <span
                className={classNames(
                  'w-7 shrink-0 text-2xs leading-5 select-none',
                  stream === 'stderr' ? 'text-warn' : 'text-muted',
                )}
              >
                <span aria-hidden>{stream === 'stderr' ? 'err' : 'out'}</span>
                <span className="sr-only">{stream}</span>
              </span>
              <span className="min-w-0 flex-1 whitespace-pre-wrap [overflow-wrap:anywhere]">{line}</span>
            </li>
          ))}
        </ol>
      </section>
      {!isFollowing && (
        <Button
          look="primary"
          className="absolute right-4 bottom-3 rounded-full px-3 shadow-lg"
          onClick={() => setFollowing(true)}
        >
          <ArrowDown size={14} aria-hidden /> Newest line
        </Button>
      )}
    </div>
  );
}
