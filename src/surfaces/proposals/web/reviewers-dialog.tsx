import { useState } from 'react';
import { FormDialog } from '../../../ui/form-dialog.tsx';
import { TextArea } from '../../../ui/text-field.tsx';
import { setReviewers } from './proposals-api.ts';
import { useAction } from './use-action.ts';

export interface ReviewersDialogProps {
  readonly id: string;
  readonly reviewers: readonly string[];
  readonly onClose: () => void;
}

/** Asks who reviews a proposal. */
export function ReviewersDialog({ id, reviewers, onClose }: ReviewersDialogProps) {
  const [text, setText] = useState(reviewers.join('\n'));
  const { isBusy, failure, run } = useAction();
  const save = async () => {
    if (await run(() => setReviewers(id, namesIn(text)))) onClose();
  };
  return (
    <FormDialog
      title="Reviewers"
      isOpen
      action={isBusy ? 'Saving…' : 'Save reviewers'}
      isBusy={isBusy}
      failure={failure}
      onSubmit={() => void save()}
      onClose={onClose}
    >
      <TextArea
        label="Names"
        note="One user per line. They see its comments from now on; whoever is left out no longer does."
        value={text}
        onText={setText}
      />
    </FormDialog>
  );
}

function namesIn(text: string): readonly string[] {
  const names = text.split(/[\n,]/).map((name) => name.trim());
  return [...new Set(names.filter((name) => name !== ''))];
}
