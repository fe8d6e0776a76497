import { memo } from 'react';
import { fromLocalInput, toLocalInput } from './local-time.ts';

export interface TimeInputProps {
  readonly label: string;
  /** ISO 8601; undefined for none. */
  readonly value: string | undefined;
  readonly onChange: (value: string | undefined) => void;
}

/** A moment, entered in local time. Rendered only when it changes: browsers rebuild such an input at every touch. */
export const TimeInput = memo(function TimeInput({ label, value, onChange }: TimeInputProps) {
  return (
    <label className="inline-flex h-8 items-center gap-1.5 rounded-md border border-line bg-surface pl-2.5 text-muted">
      {label}
      <input
        type="datetime-local"
        step={1}
        value={toLocalInput(value)}
        onChange={(change) => onChange(fromLocalInput(change.target.value))}
        className="h-full rounded-md bg-transparent pr-1.5 text-text"
      />
    </label>
  );
});
