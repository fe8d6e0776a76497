import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { FormDialog } from '../../../ui/form-dialog.tsx';
import { TextArea, TextField } from '../../../ui/text-field.tsx';
import { createProposal } from './proposals-api.ts';
import { useAction } from './use-action.ts';

export interface ProposalCreateProps {
  readonly project: string;
  readonly onClose: () => void;
}

/** Asks what is to change and why, makes the proposal, and goes there. */
export function ProposalCreate({ project, onClose }: ProposalCreateProps) {
  const [title, setTitle] = useState('');
  const [why, setWhy] = useState('');
  const [what, setWhat] = useState('');
  const { isBusy, failure, run } = useAction();
  const navigate = useNavigate();
  const create = async () => {
    let id = '';
    const isDone = await run(async () => {
      if ([title, why, what].some((text) => text.trim() === '')) throw new Error('All three have to be filled in');
      id = (await createProposal(project, { title, why, what })).id;
    });
    if (isDone) await navigate({ to: '/proposals/$proposal', params: { proposal: id } });
  };
  return (
    <FormDialog
      title={`New proposal in ${project}`}
      isOpen
      action={isBusy ? 'Creating…' : 'Create proposal'}
      isBusy={isBusy}
      failure={failure}
      onSubmit={() => void create()}
      onClose={onClose}
    >
      <TextField
        label="Title"
        note="The folder is named after it, in lower case."
        value={title}
        onText={setTitle}
        maxLength={200}
        required
      />
      <TextArea label="Why" value={why} onText={setWhy} maxLength={20_000} required />
      <TextArea
        label="What changes"
        note="Markdown; a list of what will be different."
        value={what}
        onText={setWhat}
        maxLength={20_000}
        required
      />
    </FormDialog>
  );
}
