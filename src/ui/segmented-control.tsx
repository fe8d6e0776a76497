export interface SegmentedControlProps<Value extends string> {
  readonly label: string;
  readonly options: readonly { readonly value: Value; readonly text: string }[];
  readonly value: Value;
  readonly onChange: (value: Value) => void;
}

/** A choice of one among few, all in sight. */
export function SegmentedControl<Value extends string>(props: SegmentedControlProps<Value>) {
  const { label, options, value, onChange } = props;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset's legend would be one more line
    <div role="group" aria-label={label} className="inline-flex rounded-md bg-hover p-0.5">
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          aria-pressed={option.value === value}
          onClick={() => option.value !== value && onChange(option.value)}
          className="h-6 rounded px-2 text-xs font-medium text-muted hover:text-text aria-pressed:bg-raised aria-pressed:text-text aria-pressed:shadow-sm"
        >
          {option.text}
        </button>
      ))}
    </div>
  );
}
