import { type ComponentProps, useId } from 'react';
import { classNames } from './class-names.ts';

interface Shared {
  readonly label: string;
  /** What may be entered, below the field. */
  readonly note?: string;
  readonly value: string;
  readonly onText: (text: string) => void;
}

export type TextFieldProps = Shared & Omit<ComponentProps<'input'>, 'value' | 'onChange'>;
export type TextAreaProps = Shared & Omit<ComponentProps<'textarea'>, 'value' | 'onChange'>;

/** One line of text under its name. */
export function TextField({ label, note, value, onText, className, ...rest }: TextFieldProps) {
  const id = useId();
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="font-medium">
        {label}
      </label>
      <input
        {...rest}
        id={id}
        value={value}
        aria-describedby={note === undefined ? undefined : `${id}-note`}
        onChange={(change) => onText(change.target.value)}
        className={classNames('h-8', BOX, className)}
      />
      <Note id={id} note={note} />
    </div>
  );
}

/** Lines of text under their name. */
export function TextArea({ label, note, value, onText, className, ...rest }: TextAreaProps) {
  const id = useId();
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="font-medium">
        {label}
      </label>
      <textarea
        rows={4}
        {...rest}
        id={id}
        value={value}
        aria-describedby={note === undefined ? undefined : `${id}-note`}
        onChange={(change) => onText(change.target.value)}
        className={classNames('resize-y py-1.5', BOX, className)}
      />
      <Note id={id} note={note} />
    </div>
  );
}

function Note({ id, note }: { readonly id: string; readonly note: string | undefined }) {
  if (note === undefined) return null;
  return (
    <p id={`${id}-note`} className="text-xs text-muted">
      {note}
    </p>
  );
}

const BOX = 'w-full rounded-md border border-line-strong bg-surface px-2.5 placeholder:text-muted';
