import type { ComponentProps } from 'react';
import { classNames } from './class-names.ts';

const LOOKS = {
  outline: 'border border-line bg-surface hover:bg-hover text-text',
  ghost: 'text-muted hover:text-text hover:bg-hover',
  primary: 'bg-accent text-on-accent hover:opacity-90',
  danger: 'bg-bad text-on-accent hover:opacity-90',
} as const;

export interface ButtonProps extends ComponentProps<'button'> {
  /** Default `outline`. */
  readonly look?: keyof typeof LOOKS;
  /** A square button; it needs an `aria-label`. */
  readonly isIcon?: boolean;
}

export function Button({ look = 'outline', isIcon = false, className, ...rest }: ButtonProps) {
  const shape = isIcon ? 'size-8 justify-center' : 'h-8 px-2.5';
  return (
    <button
      type="button"
      className={classNames(
        'inline-flex shrink-0 items-center gap-1.5 rounded-md font-medium whitespace-nowrap transition-colors',
        'disabled:opacity-50',
        shape,
        LOOKS[look],
        className,
      )}
      {...rest}
    />
  );
}
