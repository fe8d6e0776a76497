import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { FormDialog } from '../../../ui/form-dialog.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import { ID_PATTERN } from '../events.ts';
import { createProject } from './proposals-api.ts';
import { useAction } from './use-action.ts';

/** Asks for the name of a new project, makes it, and goes there. */
export function ProjectCreate({ onClose }: { readonly onClose: () => void }) {
  const [id, setId] = useState('');
  const { isBusy, failure, run } = useAction();
  const navigate = useNavigate();
  const create = async () => {
    const isDone = await run(() => {
      if (!ID_PATTERN.test(id)) throw new Error(NAME_RULE);
      return createProject(id);
    });
    if (isDone) await navigate({ to: '/projects/$project', params: { project: id } });
  };
  return (
    <FormDialog
      title="New project"
      isOpen
      action={isBusy ? 'Creating…' : 'Create project'}
      isBusy={isBusy}
      failure={failure}
      onSubmit={() => void create()}
      onClose={onClose}
    >
      <p className="text-muted">A folder below MILLRACE_PROJECTS_ROOT, set up by the OpenSpec CLI.</p>
      <TextField label="Name" note={NAME_RULE} value={id} onText={setId} maxLength={64} autoComplete="off" required />
    </FormDialog>
  );
}

const NAME_RULE = 'Lower-case letters, digits and hyphens, beginning with a letter or a digit; at most 64.';
