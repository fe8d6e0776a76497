import { useNow } from '../../../react/use-now.ts';
import { asSentence } from '../../../ui/as-sentence.ts';
import { ExplainedButton } from '../../../ui/explained-button.tsx';
import { Pill } from '../../../ui/pill.tsx';
import { fullTime } from '../../../ui/time-format.ts';
import type { ProposalDetail, ValidationRun } from '../events.ts';
import { OutputConsole } from './output-console.tsx';
import { cancelValidation, startValidation } from './proposals-api.ts';
import { startedText } from './started-text.ts';
import { RUN_WORDS } from './status-words.ts';
import { useOrder } from './use-order.ts';
import { readSummary, summaryText, type ValidationSummary } from './validation-summary.ts';

export interface PanelProps {
  readonly proposal: ProposalDetail;
  readonly onFailure: (text: string | undefined) => void;
}

/** What the validator says of the proposal, while it says it. */
export function ValidationPanel({ proposal, onFailure }: PanelProps) {
  const { id, validation, output, runs, hindrances } = proposal;
  const { isBusy, order } = useOrder(onFailure);
  const isRunning = validation?.status === 'running';
  const summary = validation ? readSummary(validation.summary) : undefined;
  return (
    <div className="flex min-h-0 flex-1 flex-col max-lg:overflow-y-auto lg:flex-row">
      <div className="flex min-h-0 min-w-0 flex-1 flex-col max-lg:min-h-96 max-lg:flex-none">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-2 border-b border-line bg-surface px-4 py-2">
          {isRunning ? (
            <ExplainedButton
              align="start"
              hindrance={hindrances.cancel && asSentence(hindrances.cancel)}
              disabled={isBusy}
              onClick={() => order(() => cancelValidation(id))}
            >
              Cancel validation
            </ExplainedButton>
          ) : (
            <ExplainedButton
              align="start"
              look="primary"
              hindrance={hindrances.validate && asSentence(hindrances.validate)}
              disabled={isBusy}
              onClick={() => order(() => startValidation(id))}
            >
              Validate
            </ExplainedButton>
          )}
          <div role="status" className="flex min-w-0 flex-wrap items-center gap-2">
            {validation ? (
              <Result run={validation} summary={summary} />
            ) : (
              <span className="text-muted">Not validated yet</span>
            )}
          </div>
        </div>
        {summary?.issues && summary.issues.length > 0 && <Issues summary={summary} />}
        <OutputConsole
          lines={output}
          empty={isRunning ? 'Nothing written yet…' : 'What the validator writes stands here, line by line.'}
        />
      </div>
      <RunHistory runs={runs} />
    </div>
  );
}

function Result({ run, summary }: { readonly run: ValidationRun; readonly summary: ValidationSummary | undefined }) {
  const { text, tone } = RUN_WORDS[run.status];
  return (
    <>
      <Pill tone={tone} isBusy={run.status === 'running'}>
        {text}
      </Pill>
      <span className="min-w-0 text-muted [overflow-wrap:anywhere]">
        {run.error === undefined ? summary && summaryText(summary) : asSentence(run.error)}
        {run.status === 'running' && `started by ${run.started_by}`}
      </span>
    </>
  );
}

function Issues({ summary }: { readonly summary: ValidationSummary }) {
  const { issues = [], more_issues = 0 } = summary;
  return (
    <section
      aria-label="Issues"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
      tabIndex={0}
      className="max-h-48 shrink-0 overflow-y-auto border-b border-line bg-surface outline-offset-[-2px]"
    >
      <ul className="divide-y divide-line">
        {issues.map(({ level, path, message }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: an issue has no name but its place
          <li key={index} className="flex items-start gap-2 px-4 py-1.5">
            <Pill tone={level === 'ERROR' ? 'bad' : level === 'WARNING' ? 'warn' : 'quiet'}>{level.toLowerCase()}</Pill>
            <span className="min-w-0 [overflow-wrap:anywhere]">
              {message} <span className="font-mono text-xs text-muted">{path}</span>
            </span>
          </li>
        ))}
        {more_issues > 0 && <li className="px-4 py-1.5 text-muted">and {more_issues.toLocaleString('en')} more</li>}
      </ul>
    </section>
  );
}

function RunHistory({ runs }: { readonly runs: readonly ValidationRun[] }) {
  const now = useNow(10_000);
  return (
    <section
      aria-label="Earlier validations"
      className="shrink-0 border-line bg-surface max-lg:border-t lg:w-72 lg:overflow-y-auto lg:border-l"
    >
      <h3 className="px-4 pt-3 pb-1 font-semibold">History</h3>
      {runs.length === 0 ? (
        <p className="px-4 pb-3 text-muted">No validations yet.</p>
      ) : (
        <ol className="divide-y divide-line">
          {runs.map((run) => {
            const { run_id, status, started_at, error } = run;
            const summary = readSummary(run.summary);
            return (
              <li key={run_id} className="flex flex-col gap-1 px-4 py-2">
                <span className="flex items-center gap-2">
                  <Pill tone={RUN_WORDS[status].tone} isBusy={status === 'running'}>
                    {RUN_WORDS[status].text}
                  </Pill>
                  <span className="truncate text-xs text-muted" title={fullTime(Date.parse(started_at))}>
                    {startedText(run, now)}
                  </span>
                </span>
                {(error ?? summary) !== undefined && (
                  <span className="text-xs text-muted [overflow-wrap:anywhere]">
                    {error ?? (summary && summaryText(summary))}
                  </span>
                )}
              </li>
            );
          })}
        </ol>
      )}
    </section>
  );
}
