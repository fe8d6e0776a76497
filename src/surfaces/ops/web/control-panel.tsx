import { memo, useState } from 'react';
import { useNow } from '../../../react/use-now.ts';
import { Button } from '../../../ui/button.tsx';
import { ConfirmDialog } from '../../../ui/confirm-dialog.tsx';
import { Pill } from '../../../ui/pill.tsx';
import { clockMinute, fullTime } from '../../../ui/time-format.ts';
import type { HealthState, Ingestion } from '../events.ts';
import { rolloutGate } from './rollout-gate.ts';

export interface ControlPanelProps {
  /** Undefined before it was read. */
  readonly ingestion: Ingestion | undefined;
  /** As shown; unknown while there is no connection. */
  readonly health: HealthState;
  readonly isConnected: boolean;
  /** Rejects with a sentence that says why it was not done. */
  readonly onChange: (mode: Ingestion['mode']) => Promise<void>;
}

/** Whether events are taken in, and whether it is a time to roll something out. */
export const ControlPanel = memo(function ControlPanel(props: ControlPanelProps) {
  const { ingestion, health, isConnected, onChange } = props;
  const isPaused = ingestion?.mode === 'paused';
  const gate = rolloutGate({ isPaused, health, isConnected });
  return (
    <section
      id="tau-ops-control-panel"
      aria-labelledby="tau-ops-control-title"
      data-control-mode={ingestion?.mode ?? 'running'}
      data-rollout-gate={gate.state}
      className="shrink-0 border-b border-line bg-surface px-4 pb-3"
    >
      <h2 id="tau-ops-control-title" className="flex min-h-10 items-center font-semibold">
        Control
      </h2>
      <dl className="grid grid-cols-[auto_minmax(0,1fr)_auto] items-center gap-x-3 gap-y-2">
        <dt className="text-muted">Ingestion</dt>
        <dd className="flex flex-wrap items-center gap-x-2 gap-y-0.5">
          <Pill tone={isPaused ? 'warn' : 'good'}>{isPaused ? 'Paused' : 'Running'}</Pill>
          {ingestion && <Since ingestion={ingestion} />}
        </dd>
        <dd>{ingestion && <Change isPaused={isPaused} onChange={onChange} />}</dd>
        <dt className="text-muted">Rollouts</dt>
        <dd className="col-span-2 flex flex-wrap items-center gap-x-2 gap-y-0.5">
          <Pill tone={gate.state === 'pass' ? 'good' : 'warn'}>{gate.state === 'pass' ? 'Pass' : 'Hold'}</Pill>
          <span className="text-2xs text-muted">{gate.reason}</span>
        </dd>
      </dl>
    </section>
  );
});

/** Who decided it, and when; nothing where nobody ever did. */
export function Since({ ingestion: { by, since } }: { readonly ingestion: Ingestion }) {
  const now = useNow(60_000);
  if (since === null) return null;
  return (
    <span className="text-2xs text-muted">
      by {by ?? 'somebody'} since{' '}
      <time dateTime={since} title={fullTime(Date.parse(since))}>
        {clockMinute(Date.parse(since), now)}
      </time>
    </span>
  );
}

interface ChangeProps {
  readonly isPaused: boolean;
  readonly onChange: ControlPanelProps['onChange'];
}

function Change({ isPaused, onChange }: ChangeProps) {
  const [isAsking, setIsAsking] = useState(false);
  // What is asked stays what it is while the dialog is open, although the feed may bring the change before it closes.
  const [asked, setAsked] = useState<Ingestion['mode']>('paused');
  const [isBusy, setIsBusy] = useState(false);
  const [failure, setFailure] = useState<string>();
  const action = asked === 'paused' ? 'Pause ingestion' : 'Resume ingestion';
  const ask = () => {
    setAsked(isPaused ? 'running' : 'paused');
    setFailure(undefined);
    setIsAsking(true);
  };
  const confirm = async () => {
    setIsBusy(true);
    try {
      await onChange(asked);
      setIsAsking(false);
    } catch (cause) {
      setFailure(cause instanceof Error ? cause.message : String(cause));
    } finally {
      setIsBusy(false);
    }
  };
  return (
    <>
      <Button className="h-7" onClick={ask}>
        {isPaused ? 'Resume' : 'Pause'}
        <span className="sr-only"> ingestion</span>
      </Button>
      <ConfirmDialog
        title={`${action}?`}
        isOpen={isAsking}
        action={action}
        isBusy={isBusy}
        failure={failure}
        onConfirm={() => void confirm()}
        onClose={() => setIsAsking(false)}
      >
        <p className="text-muted">
          {asked === 'paused'
            ? 'Nothing is taken in until somebody resumes it: senders are told to try again later, and connectors disconnect. What is stored can still be read, and Millrace goes on checking itself.'
            : 'Events are taken in again, and connectors connect again.'}
        </p>
      </ConfirmDialog>
    </>
  );
}
