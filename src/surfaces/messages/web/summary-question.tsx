import { useState } from 'react';
import { ConfirmDialog } from '../../../ui/confirm-dialog.tsx';
import { RadioList } from '../../../ui/radio-list.tsx';
import type { History } from '../events.ts';
import { deleteSummary } from './summary-api.ts';
import type { SummaryKind } from './summary-kind.ts';

export interface SummaryQuestionProps {
  readonly kind: SummaryKind;
  /** What may be deleted. */
  readonly name: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly onDeleted?: (() => void) | undefined;
}

/** Asks whether a channel or a user goes, and what becomes of the messages. */
export function SummaryQuestion({ kind, name, isOpen, onClose, onDeleted }: SummaryQuestionProps) {
  const [history, setHistory] = useState<History>('keep');
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string>();
  const confirm = async () => {
    setBusy(true);
    setFailure(undefined);
    try {
      await deleteSummary(kind, name, history);
      onDeleted?.();
      onClose();
    } catch (cause) {
      setFailure(cause instanceof Error ? cause.message : String(cause));
      setBusy(false);
    }
  };
  return (
    <ConfirmDialog
      title={`Delete the ${kind.type} ${name}?`}
      isOpen={isOpen}
      action={`Delete ${kind.type}`}
      isBusy={isBusy}
      failure={failure}
      onConfirm={() => void confirm()}
      onClose={onClose}
    >
      <p className="text-muted">
        It leaves every list and total at once. A new message {kind.type === 'channel' ? 'in a channel' : 'from a user'}{' '}
        of this name begins anew.
      </p>
      <RadioList
        label="Messages"
        value={history}
        onChange={setHistory}
        options={[
          {
            value: 'keep',
            text: 'Keep the messages',
            explanation: `They stay readable and counted, without the ${kind.type}’s name.`,
          },
          {
            value: 'delete',
            text: 'Delete the messages too',
            explanation: 'They go from every page, search and count. Nothing brings them back.',
          },
        ]}
      />
    </ConfirmDialog>
  );
}
