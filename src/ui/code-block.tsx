import { classNames } from './class-names.ts';
import { CopyButton } from './copy-button.tsx';

export interface CodeBlockProps {
  readonly title: string;
  readonly text: string;
  /** Breaks long lines in sight; what is copied keeps them. */
  readonly isWrapped?: boolean;
}

/** Text to paste elsewhere, exactly as it stands, under a title and with a copy button. */
export function CodeBlock({ title, text, isWrapped = false }: CodeBlockProps) {
  return (
    <figure className="overflow-hidden rounded-lg border border-line bg-surface">
      <figcaption className="flex items-center justify-between border-b border-line py-1 pr-1 pl-3 text-muted">
        {title}
        <CopyButton text={text} label={title} />
      </figcaption>
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        tabIndex={0}
        className={classNames(
          'max-h-96 overflow-auto p-3 font-mono text-xs leading-5',
          isWrapped && 'break-all whitespace-pre-wrap',
        )}
      >
        {text}
      </pre>
    </figure>
  );
}
