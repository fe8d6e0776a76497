import { lazy, Suspense, useDeferredValue } from 'react';

const MarkdownView = lazy(async () => ({ default: (await import('./markdown-view.tsx')).MarkdownView }));

/** Markdown whose renderer is loaded when it is first needed; while text streams in, rendering never holds up the page. */
export function SafeMarkdown({ text }: { readonly text: string }) {
  const shown = useDeferredValue(text);
  return (
    <Suspense fallback={<pre className="font-sans text-sm whitespace-pre-wrap">{text}</pre>}>
      <MarkdownView text={shown} />
    </Suspense>
  );
}
