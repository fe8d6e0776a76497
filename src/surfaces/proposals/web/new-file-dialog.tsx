import { useState } from 'react';
import { FormDialog } from '../../../ui/form-dialog.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import type { FileEntry } from '../events.ts';

export interface NewFileDialogProps {
  readonly files: readonly FileEntry[];
  readonly onChoose: (path: string) => void;
  readonly onClose: () => void;
}

/** Asks where a new file belongs; it is there once it is saved. */
export function NewFileDialog({ files, onChoose, onClose }: NewFileDialogProps) {
  const [path, setPath] = useState('');
  const [failure, setFailure] = useState<string>();
  const choose = () => {
    const name = path.trim();
    if (name === '') setFailure('It needs a name.');
    else if (files.some((file) => file.path === name)) setFailure('There is such a file already.');
    else onChoose(name);
  };
  return (
    <FormDialog
      title="New file"
      isOpen
      action="Write it"
      isBusy={false}
      failure={failure}
      onSubmit={choose}
      onClose={onClose}
    >
      <TextField
        label="Path"
        note="Inside the change’s folder, for example design.md or specs/login/spec.md."
        value={path}
        onText={setPath}
        autoComplete="off"
        maxLength={200}
      />
    </FormDialog>
  );
}
