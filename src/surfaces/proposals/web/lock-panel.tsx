import LockIcon from 'lucide-react/icons/lock';
import LockOpen from 'lucide-react/icons/lock-open';
import { useState } from 'react';
import { useNow } from '../../../react/use-now.ts';
import { ConfirmDialog } from '../../../ui/confirm-dialog.tsx';
import { ExplainedButton } from '../../../ui/explained-button.tsx';
import type { Lock } from '../events.ts';
import { createHindrance, lockChoice, timeLeft } from './project-access.ts';
import { lockProject, type Session, unlockProject } from './proposals-api.ts';
import { useAction } from './use-action.ts';

export interface LockPanelProps {
  readonly project: string;
  readonly lock: Lock | null;
  readonly session: Session | undefined;
}

/** Who has the project to themselves and for how long, and the way to have it oneself. */
export function LockPanel({ project, lock, session }: LockPanelProps) {
  const now = useNow(1_000);
  const [isTaking, setTaking] = useState(false);
  const action = useAction();
  const left = lock && timeLeft(lock.expires_at, now);
  const held = left ? lock : null;
  const choice = lockChoice(session, held);
  const run = async (order: () => Promise<void>) => {
    if (await action.run(order)) setTaking(false);
  };
  const hindrance =
    choice === 'none' && held ? `Only ${held.holder} or an admin may do this.` : createHindrance(session);
  return (
    <div className="flex min-w-0 flex-wrap items-center gap-2">
      <p role="status" className="flex min-w-0 items-center gap-1.5">
        {held ? (
          <>
            <LockIcon size={14} aria-hidden className="shrink-0 text-warn" />
            <span className="truncate">
              Locked by <strong className="font-semibold">{held.holder}</strong>
            </span>
          </>
        ) : (
          <span className="inline-flex items-center gap-1.5 text-muted">
            <LockOpen size={14} aria-hidden /> Not locked
          </span>
        )}
      </p>
      {/* Outside the live region: a screen reader is not told of every second. */}
      {left && <span className="text-muted">{left} left</span>}
      {choice === 'take_over' ? (
        <ExplainedButton align="start" hindrance={undefined} onClick={() => setTaking(true)}>
          Take over
        </ExplainedButton>
      ) : (
        <ExplainedButton
          align="start"
          hindrance={hindrance}
          disabled={action.isBusy}
          onClick={() => void run(() => (choice === 'unlock' ? unlockProject(project) : lockProject(project)))}
        >
          {choice === 'unlock' ? 'Unlock' : 'Lock'}
        </ExplainedButton>
      )}
      {action.failure !== undefined && !isTaking && (
        <p role="alert" className="text-bad">
          {action.failure}
        </p>
      )}
      <ConfirmDialog
        title={`Take over the lock of ${held?.holder ?? 'nobody'}?`}
        isOpen={isTaking && held !== null}
        action="Take over"
        isBusy={action.isBusy}
        failure={action.failure}
        onConfirm={() => void run(() => lockProject(project, true))}
        onClose={() => setTaking(false)}
      >
        <p className="text-muted">
          They can no longer edit, iterate or set a status in this project until you unlock it. The audit trail names
          you.
        </p>
      </ConfirmDialog>
    </div>
  );
}
