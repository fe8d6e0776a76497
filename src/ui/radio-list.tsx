import { Radio } from '@base-ui/react/radio';
import { RadioGroup } from '@base-ui/react/radio-group';

export interface RadioListProps<Value extends string> {
  readonly label: string;
  readonly options: readonly { readonly value: Value; readonly text: string; readonly explanation: string }[];
  readonly value: Value;
  readonly onChange: (value: Value) => void;
}

/** A choice of one among few that need explaining. */
export function RadioList<Value extends string>({ label, options, value, onChange }: RadioListProps<Value>) {
  return (
    <RadioGroup
      aria-label={label}
      value={value}
      onValueChange={(chosen) => onChange(options.find((option) => option.value === chosen)?.value ?? value)}
      className="flex flex-col gap-2"
    >
      {options.map((option) => (
        // biome-ignore lint/a11y/noLabelWithoutControl: the radio is the control
        <label
          key={option.value}
          className="flex cursor-pointer gap-3 rounded-lg border border-line p-3 has-data-checked:border-accent has-data-checked:bg-selected"
        >
          <Radio.Root
            value={option.value}
            className="mt-0.5 flex size-4 shrink-0 items-center justify-center rounded-full border border-muted data-checked:border-accent"
          >
            <Radio.Indicator className="size-2 rounded-full bg-accent" />
          </Radio.Root>
          <span>
            <span className="block font-medium">{option.text}</span>
            <span className="block text-muted">{option.explanation}</span>
          </span>
        </label>
      ))}
    </RadioGroup>
  );
}
