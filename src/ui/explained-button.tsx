import { type ComponentProps, useId } from 'react';
import { Button } from './button.tsx';
import { classNames } from './class-names.ts';

export interface ExplainedButtonProps extends ComponentProps<typeof Button> {
  /** Why it cannot be pressed now; undefined when it can. */
  readonly hindrance: string | undefined;
  /** Which of its sides the reason is in line with. Default `end`. */
  readonly align?: 'start' | 'end';
  /** Where the reason stands. Default `below`. */
  readonly side?: 'above' | 'below';
}

/** A button that says why it cannot be pressed, to the eye, the keyboard and a screen reader alike. */
export function ExplainedButton(props: ExplainedButtonProps) {
  const { hindrance, align = 'end', side = 'below', onClick, className, ...rest } = props;
  const id = useId();
  if (hindrance === undefined) return <Button onClick={onClick} className={className} {...rest} />;
  return (
    <span className={classNames('group/why relative inline-flex', className)}>
      <Button
        {...rest}
        type="button"
        disabled={false}
        aria-disabled
        aria-describedby={id}
        className="cursor-not-allowed! opacity-50"
        onClick={(click) => click.preventDefault()}
      />
      <span
        id={id}
        role="tooltip"
        className={classNames(
          'pointer-events-none z-50 hidden rounded-md border border-line-strong bg-raised px-2.5 py-1.5 text-xs whitespace-normal text-text shadow-lg group-focus-within/why:block group-hover/why:block max-sm:fixed max-sm:inset-x-4 max-sm:bottom-4 sm:absolute sm:w-max sm:max-w-64',
          align === 'end' ? 'sm:right-0' : 'sm:left-0',
          side === 'below' ? 'sm:top-full sm:mt-1' : 'sm:bottom-full sm:mb-1',
        )}
      >
        {hindrance}
      </span>
    </span>
  );
}
