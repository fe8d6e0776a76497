import type { Comment, Iteration, ProposalDetail, ProposalEvent, ValidationRun } from '../events.ts';

/** Lines of a run that a page holds; older ones are let go. */
export const MAX_OUTPUT_LINES = 5_000;
/** Characters of an iteration's text that a page holds. */
export const MAX_STREAMED = 1_000_000;
const MAX_RUNS = 20;

type Of<Type extends ProposalEvent['type']> = Extract<ProposalEvent, { type: Type }>;

/** One proposal after an event of its feed; the same object where the event is about something else. */
export function updateProposal(state: ProposalDetail, event: ProposalEvent): ProposalDetail {
  if (event.type === 'lock_changed') return { ...state, lock: event.lock };
  if (event.proposal_id !== state.id) return state;
  switch (event.type) {
    case 'validation_start':
      return withRun({ ...state, output: [] }, startedRun(event));
    case 'output':
      return withOutput(state, event);
    case 'validation_complete':
      return endRun(state, event, { status: event.status, summary: event.summary });
    case 'validation_error': {
      const status = event.code === 'cancelled' ? 'cancelled' : 'error';
      return endRun(state, event, { status, error: event.error });
    }
    case 'iteration_start':
      return {
        ...state,
        is_iterating: true,
        streamed_text: '',
        iterations: [startedIteration(event), ...state.iterations].slice(0, MAX_RUNS),
      };
    case 'token':
      return isNewest(state, event.iteration_id)
        ? { ...state, streamed_text: (state.streamed_text + event.content).slice(-MAX_STREAMED) }
        : state;
    case 'iteration_complete':
      return endIteration(state, event, { status: 'complete', files_modified: event.files_modified });
    case 'iteration_cancelled':
      return endIteration(state, event, { status: 'cancelled' });
    case 'iteration_error':
      return endIteration(state, event, { status: 'error', error: event.error });
    case 'proposal_status_changed':
      return { ...state, status: event.status, updated_at: event.at };
    case 'comment_created':
    case 'comment_updated':
      return withComment(state, event.comment);
    case 'file_changed':
      return withFile(state, event);
    case 'reviewers_changed':
      return { ...state, reviewers: event.reviewers };
    case 'proposal_created':
      return { ...state, title: event.title, author: event.actor };
    default:
      return event satisfies never;
  }
}

/** Whether an event changes more than it says: what may be done now, tasks, sizes of files. */
export function changesMore({ type }: ProposalEvent): boolean {
  return type !== 'output' && type !== 'token' && type !== 'comment_created' && type !== 'comment_updated';
}

function startedRun({ run_id, proposal_id, actor, at }: Of<'validation_start'>): ValidationRun {
  return { run_id, proposal_id, started_by: actor ?? '', started_at: at, ended_at: null, status: 'running' };
}

function withRun(state: ProposalDetail, run: ValidationRun): ProposalDetail {
  const runs = [run, ...state.runs.filter(({ run_id }) => run_id !== run.run_id)].slice(0, MAX_RUNS);
  return { ...state, runs, validation: run };
}

function withOutput(state: ProposalDetail, { run_id, line, stream }: Of<'output'>): ProposalDetail {
  if (state.validation && state.validation.run_id !== run_id) return state;
  return { ...state, output: [...state.output, { line, stream }].slice(-MAX_OUTPUT_LINES) };
}

function endRun(
  state: ProposalDetail,
  { run_id, at }: { readonly run_id: string; readonly at: string },
  end: Partial<ValidationRun>,
): ProposalDetail {
  const ended = (run: ValidationRun) => (run.run_id === run_id ? { ...run, ...end, ended_at: at } : run);
  return { ...state, runs: state.runs.map(ended), validation: state.validation && ended(state.validation) };
}

function startedIteration(event: Of<'iteration_start'>): Iteration {
  const { iteration_id, proposal_id, actor, at, instructions } = event;
  const start = { started_by: actor ?? '', started_at: at, ended_at: null };
  return { iteration_id, proposal_id, instructions, ...start, status: 'running' };
}

function isNewest({ iterations }: ProposalDetail, id: string): boolean {
  return iterations[0] === undefined || iterations[0].iteration_id === id;
}

function endIteration(
  state: ProposalDetail,
  { iteration_id, at }: { readonly iteration_id: string; readonly at: string },
  end: Partial<Iteration>,
): ProposalDetail {
  const ended = (item: Iteration) => (item.iteration_id === iteration_id ? { ...item, ...end, ended_at: at } : item);
  return { ...state, is_iterating: false, iterations: state.iterations.map(ended) };
}

function withComment(state: ProposalDetail, comment: Comment): ProposalDetail {
  const isKnown = state.comments.some(({ id }) => id === comment.id);
  const comments = isKnown
    ? state.comments.map((known) => (known.id === comment.id ? comment : known))
    : [...state.comments, comment];
  return { ...state, comments, open_comments: comments.filter(({ status }) => status === 'open').length };
}

function withFile(state: ProposalDetail, { path, etag, actor, at }: Of<'file_changed'>): ProposalDetail {
  const others = state.files.filter((file) => file.path !== path);
  if (etag === null) return { ...state, files: others, updated_at: at };
  const bytes = state.files.find((file) => file.path === path)?.bytes ?? 0;
  const files = [...others, { path, bytes, etag, changed_by: actor, changed_at: at }];
  return { ...state, files: files.sort((a, b) => (a.path < b.path ? -1 : 1)), updated_at: at };
}
