import { lazy, Suspense } from 'react';
import type { MarkdownView } from '../../../../ui/markdown-view.tsx';

const load = () => import('../../../../ui/markdown-view.tsx');
const LazyView = lazy(async () => ({ default: (await load()).MarkdownView }));

let View: typeof MarkdownView | undefined;

/** Loads what answers are shown by: a page without any needs none of it. */
export async function prepareMarkdown(): Promise<void> {
  View = (await load()).MarkdownView;
}

/** An answer as safe Markdown; its plain text until the code for that is there. */
export function ChatMarkdown({ text }: { readonly text: string }) {
  if (View) return <View text={text} />;
  return (
    <Suspense fallback={<p className="whitespace-pre-wrap">{text}</p>}>
      <LazyView text={text} />
    </Suspense>
  );
}
