import { useState } from 'react';
import { useNow } from '../../../react/use-now.ts';
import { asSentence } from '../../../ui/as-sentence.ts';
import { classNames } from '../../../ui/class-names.ts';
import { ExplainedButton } from '../../../ui/explained-button.tsx';
import { Pill } from '../../../ui/pill.tsx';
import { TextArea } from '../../../ui/text-field.tsx';
import { type Iteration, PROPOSAL_LIMITS } from '../events.ts';
import { IterationResult } from './iteration-result.tsx';
import { cancelIteration, startIteration } from './proposals-api.ts';
import { startedText } from './started-text.ts';
import { ITERATION_WORDS } from './status-words.ts';
import { StreamedText } from './streamed-text.tsx';
import { useOrder } from './use-order.ts';
import type { PanelProps } from './validation-panel.tsx';

/** A model edits the proposal as it is told, and everybody sees what it writes. */
export function IterationPanel({ proposal, onFailure }: PanelProps) {
  const { id, iterations, is_iterating, streamed_text, hindrances } = proposal;
  const [instructions, setInstructions] = useState('');
  const [chosenId, setChosen] = useState<string>();
  const { isBusy, order } = useOrder(onFailure);
  const newest = iterations[0];
  const shown = iterations.find(({ iteration_id }) => iteration_id === chosenId) ?? newest;
  const start = () =>
    order(async () => {
      await startIteration(id, instructions.trim());
      setInstructions('');
      setChosen(undefined);
    });
  const hindrance = hindrances.iterate && asSentence(hindrances.iterate);
  return (
    <div className="flex min-h-0 flex-1 flex-col overflow-y-auto lg:flex-row lg:overflow-hidden">
      <div className="flex min-w-0 flex-1 flex-col lg:overflow-y-auto">
        <form
          className="flex flex-col gap-2 border-b border-line bg-surface px-4 py-3"
          onSubmit={(submit) => submit.preventDefault()}
        >
          <TextArea
            label="What should change?"
            note="A model reads the change’s files and these words, and edits the files. What it writes is validated at once."
            rows={3}
            value={instructions}
            onText={setInstructions}
            maxLength={PROPOSAL_LIMITS.instructions}
            disabled={hindrances.iterate !== undefined && !is_iterating}
          />
          <div className="flex flex-wrap items-center gap-2">
            <ExplainedButton
              align="start"
              look="primary"
              hindrance={hindrance ?? (instructions.trim() === '' ? 'Say what should change first.' : undefined)}
              disabled={isBusy}
              onClick={start}
            >
              Start iteration
            </ExplainedButton>
            {is_iterating && (
              <ExplainedButton
                align="start"
                hindrance={hindrances.cancel && asSentence(hindrances.cancel)}
                disabled={isBusy}
                onClick={() => order(() => cancelIteration(id))}
              >
                Cancel iteration
              </ExplainedButton>
            )}
          </div>
        </form>
        {shown ? (
          <section aria-label="Iteration" className="flex flex-col">
            <IterationHead iteration={shown} />
            {shown === newest && <StreamedText text={streamed_text} isStreaming={is_iterating} />}
            {shown.status !== 'running' && <IterationResult proposal={proposal} iteration={shown} />}
          </section>
        ) : (
          <p className="p-6 text-muted">No iterations yet. What the model writes appears here while it writes it.</p>
        )}
      </div>
      <IterationHistory iterations={iterations} shownId={shown?.iteration_id} onChoose={setChosen} />
    </div>
  );
}

function IterationHead({ iteration }: { readonly iteration: Iteration }) {
  const { status, instructions } = iteration;
  const now = useNow(10_000);
  const { text, tone } = ITERATION_WORDS[status];
  return (
    <header className="flex flex-col gap-1.5 border-b border-line px-4 py-3">
      <div className="flex flex-wrap items-center gap-2">
        <span role="status">
          <Pill tone={tone} isBusy={status === 'running'}>
            {text}
          </Pill>
        </span>
        <span className="text-muted">{startedText(iteration, now)}</span>
      </div>
      <p className="whitespace-pre-wrap [overflow-wrap:anywhere]">{instructions}</p>
    </header>
  );
}

interface IterationHistoryProps {
  readonly iterations: readonly Iteration[];
  readonly shownId: string | undefined;
  readonly onChoose: (id: string) => void;
}

function IterationHistory({ iterations, shownId, onChoose }: IterationHistoryProps) {
  const now = useNow(10_000);
  return (
    <section
      aria-label="Earlier iterations"
      className="shrink-0 border-line bg-surface max-lg:border-t lg:w-72 lg:overflow-y-auto lg:border-l"
    >
      <h3 className="px-4 pt-3 pb-1 font-semibold">History</h3>
      {iterations.length === 0 && <p className="px-4 pb-3 text-muted">No iterations yet.</p>}
      <ol className="p-2">
        {iterations.map((iteration) => (
          <li key={iteration.iteration_id}>
            <button
              type="button"
              aria-current={iteration.iteration_id === shownId ? 'true' : undefined}
              onClick={() => onChoose(iteration.iteration_id)}
              className={classNames(
                'flex w-full flex-col gap-1 rounded-md px-2 py-1.5 text-left outline-offset-[-2px] hover:bg-hover',
                iteration.iteration_id === shownId && 'bg-selected hover:bg-selected',
              )}
            >
              <span className="line-clamp-2 [overflow-wrap:anywhere]">{iteration.instructions}</span>
              <span className="text-xs text-muted">
                {ITERATION_WORDS[iteration.status].text}, {startedText(iteration, now)}
              </span>
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
}
