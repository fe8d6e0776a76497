import { asSentence } from '../../../../ui/as-sentence.ts';
import { Button } from '../../../../ui/button.tsx';
import { CodeBlock } from '../../../../ui/code-block.tsx';
import { EXAMPLE_QUESTIONS } from './chat-words.ts';

export interface ExamplesProps {
  /** Why nothing can be asked now. */
  readonly hindrance: string | undefined;
  readonly onAsk: (question: string) => void;
}

/** In the place of a transcript that is empty. */
export function Examples({ hindrance, onAsk }: ExamplesProps) {
  return (
    <div className="flex flex-col gap-3 p-4">
      <p className="text-muted">
        Ask how things are. The assistant sees the figures, the open alerts and the connectors of this page; it changes
        nothing. Everybody on this page reads along.
      </p>
      <ul className="flex flex-col items-start gap-2">
        {EXAMPLE_QUESTIONS.map((question) => (
          <li key={question} className="max-w-full">
            <Button
              className="h-auto min-h-8 py-1.5 text-left whitespace-normal aria-disabled:cursor-not-allowed aria-disabled:opacity-50"
              aria-disabled={hindrance !== undefined}
              title={hindrance}
              onClick={() => hindrance === undefined && onAsk(question)}
            >
              {question}
            </Button>
          </li>
        ))}
      </ul>
    </div>
  );
}

const SETUP = 'MILLRACE_MODEL_BASE_URL=http://127.0.0.1:11434/v1 MILLRACE_MODEL=<name> npm start';
const TRIAL = 'npx millrace dev-model';

/** What to do while no model is configured. */
export function NotConfigured({ hint }: { readonly hint: string | null }) {
  return (
    <section aria-label="How to set the assistant up" className="flex flex-col gap-3 p-4">
      <p>
        <strong className="font-semibold">The assistant is not set up.</strong>{' '}
        {hint !== null && <span className="text-muted">{asSentence(hint)}</span>}
      </p>
      <p className="text-muted">Any server that speaks as OpenAI’s does will do. Start Millrace with its address:</p>
      <CodeBlock title="Start with a model" text={SETUP} isWrapped />
      <p className="text-muted">To try it without a model, scripted answers are there, too:</p>
      <CodeBlock title="Scripted answers" text={TRIAL} isWrapped />
    </section>
  );
}
