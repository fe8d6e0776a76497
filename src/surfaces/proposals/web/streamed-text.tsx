import { useDeferredValue, useState } from 'react';
import { SafeMarkdown } from '../../../ui/safe-markdown.tsx';
import { SegmentedControl } from '../../../ui/segmented-control.tsx';

type Way = 'rendered' | 'source';

export interface StreamedTextProps {
  readonly text: string;
  readonly isStreaming: boolean;
}

/** What the model has written so far. */
export function StreamedText({ text, isStreaming }: StreamedTextProps) {
  const shown = useDeferredValue(text);
  const [way, setWay] = useState<Way>('source');
  return (
    <section aria-label="What the model writes" aria-busy={isStreaming} className="flex flex-col border-b border-line">
      <header className="flex items-center gap-3 px-4 py-1.5">
        <h3 className="font-semibold">Answer</h3>
        <span className="text-xs text-muted">{text.length.toLocaleString('en')} characters</span>
        <span className="ml-auto">
          <SegmentedControl
            label="Answer as"
            options={[
              { value: 'source', text: 'Source' },
              { value: 'rendered', text: 'Rendered' },
            ]}
            value={way}
            onChange={setWay}
          />
        </span>
      </header>
      <div className="bg-surface px-4 py-3">
        {text === '' && <p className="text-muted">{isStreaming ? 'Nothing written yet…' : 'It wrote nothing.'}</p>}
        {way === 'rendered' ? (
          <SafeMarkdown text={text} />
        ) : (
          <pre className="font-mono text-xs leading-5 whitespace-pre-wrap [overflow-wrap:anywhere]">{shown}</pre>
        )}
      </div>
    </section>
  );
}
