import { memo, type ReactNode } from 'react';
import Markdown, { type Components, defaultUrlTransform } from 'react-markdown';
import remarkGfm from 'remark-gfm';
import { markdownBlocks } from './markdown-blocks.ts';

const plugins = [remarkGfm];
const SCHEMES = /^(https?:|mailto:|#)/i;

/**
 * Text of others as Markdown: raw HTML is shown as text, links lead by known schemes only, nothing is fetched. Where text
 * is added at its end, only its last block is read again.
 */
export function MarkdownView({ text }: { readonly text: string }) {
  return (
    <div className="flex max-w-prose flex-col gap-3 text-sm leading-6 [overflow-wrap:anywhere]">
      {markdownBlocks(text).map((block, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: blocks are only ever added at the end
        <MarkdownBlock key={index} text={block} />
      ))}
    </div>
  );
}

const MarkdownBlock = memo(function MarkdownBlock({ text }: { readonly text: string }) {
  return (
    <Markdown remarkPlugins={plugins} components={components} urlTransform={safeUrl}>
      {text}
    </Markdown>
  );
});

/** Empty for what could run something, or leads to another page of this dashboard. */
export function safeUrl(url: string): string {
  return SCHEMES.test(url) ? defaultUrlTransform(url) : '';
}

const components: Components = {
  // The page has its own headings above these.
  h1: ({ children }) => <h3 className="mt-1 text-lg font-semibold tracking-tight">{children}</h3>,
  h2: ({ children }) => <h4 className="mt-3 border-b border-line pb-1 text-base font-semibold">{children}</h4>,
  h3: ({ children }) => <h5 className="mt-2 font-semibold">{children}</h5>,
  h4: ({ children }) => <h6 className="mt-1 font-semibold text-muted">{children}</h6>,
  h5: ({ children }) => <h6 className="font-semibold text-muted">{children}</h6>,
  h6: ({ children }) => <h6 className="font-semibold text-muted">{children}</h6>,
  ul: ({ children }) => (
    <ul className="ml-5 list-disc space-y-1 [&_.task-list-item]:-ml-5 [&_.task-list-item]:list-none">{children}</ul>
  ),
  ol: ({ children, start }) => (
    <ol start={start} className="ml-5 list-decimal space-y-1">
      {children}
    </ol>
  ),
  li: ({ children, className }) => <li className={className}>{children}</li>,
  input: ({ checked = false }) => (
    <input
      type="checkbox"
      aria-label={checked ? 'Done' : 'To do'}
      checked={checked}
      disabled
      readOnly
      className="mr-2"
    />
  ),
  blockquote: ({ children }) => (
    <blockquote className="border-l-2 border-line-strong pl-3 text-muted">{children}</blockquote>
  ),
  pre: ({ children }) => (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <pre tabIndex={0} className="overflow-x-auto rounded-lg border border-line bg-ground p-3 font-mono text-xs">
      {children}
    </pre>
  ),
  code: ({ children }) => (
    <code className="rounded bg-hover px-1 font-mono text-[0.9em] [pre_&]:bg-transparent [pre_&]:p-0">{children}</code>
  ),
  table: ({ children }) => (
    <div className="overflow-x-auto">
      <table className="border-collapse text-left">{children}</table>
    </div>
  ),
  th: ({ children }) => <th className="border border-line bg-ground px-2 py-1 font-semibold">{children}</th>,
  td: ({ children }) => <td className="border border-line px-2 py-1">{children}</td>,
  hr: () => <hr className="border-line" />,
  a: ({ href, children }) => <MarkdownLink href={href}>{children}</MarkdownLink>,
  // An image of another place would tell that place who reads this.
  img: ({ alt }) => <span className="text-muted">[image{alt ? `: ${alt}` : ''}]</span>,
};

function MarkdownLink({ href = '', children }: { readonly href?: string | undefined; readonly children?: ReactNode }) {
  if (href === '') return <span>{children}</span>;
  return (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow" className="text-accent underline">
      {children}
    </a>
  );
}
