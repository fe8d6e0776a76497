import type { Query } from '../../../engine/store/snapshot.ts';
import type { Iteration, ValidationRun } from '../events.ts';
import type { RunReads } from '../run-reads.ts';

interface RunRow {
  readonly id: string;
  readonly proposal: string;
  readonly started_by: string | null;
  readonly started_at: number;
  readonly ended_at: number | null;
  readonly status: ValidationRun['status'];
  readonly error: string | null;
  readonly summary: string | null;
}

interface IterationRow {
  readonly id: string;
  readonly proposal: string;
  readonly started_by: string | null;
  readonly instructions: string;
  readonly started_at: number;
  readonly ended_at: number | null;
  readonly status: Iteration['status'];
  readonly error: string | null;
  readonly files: string | null;
}

const RUN_COLUMNS = 'id, proposal, started_by, started_at, ended_at, status, error, summary';
const ITERATION_COLUMNS = 'id, proposal, started_by, instructions, started_at, ended_at, status, error, files';
const SHOWN = 20;

/** How reads of proposals learn of validations and iterations. */
export const storedRuns: RunReads = {
  queries(ids, isDetail) {
    const list = JSON.stringify(ids);
    const newest: Query = {
      sql: `SELECT ${RUN_COLUMNS} FROM prop_run r
        WHERE proposal IN (SELECT value FROM json_each(?))
          AND seq = (SELECT max(seq) FROM prop_run WHERE proposal = r.proposal)`,
      params: [list],
    };
    const open: Query = {
      sql: `SELECT proposal FROM prop_iteration
        WHERE ended_at IS NULL AND proposal IN (SELECT value FROM json_each(?))`,
      params: [list],
    };
    const [id] = ids;
    if (!isDetail || id === undefined) return [newest, open];
    return [
      newest,
      open,
      runsOf(id, SHOWN),
      iterationsOf(id, SHOWN),
      { sql: 'SELECT line, stream FROM prop_output WHERE proposal = ? ORDER BY seq', params: [id] },
      { sql: `SELECT group_concat(content, '' ORDER BY seq) AS text FROM prop_token WHERE proposal = ?`, params: [id] },
    ];
  },
  parts(id, results) {
    const [newest = [], open = [], runs = [], iterations = [], output = [], text = []] = results as [
      RunRow[],
      { proposal: string }[],
      RunRow[],
      IterationRow[],
      { line: string; stream: 'stdout' | 'stderr' }[],
      { text: string | null }[],
    ];
    const run = newest.find(({ proposal }) => proposal === id);
    return {
      validation: run ? runOfRow(run) : null,
      is_iterating: open.some(({ proposal }) => proposal === id),
      runs: runs.map(runOfRow),
      iterations: iterations.map(iterationOfRow),
      output: [...output],
      streamed_text: text[0]?.text ?? '',
    };
  },
};

/** Newest first. */
export function runsOf(proposalId: string, limit: number): Query {
  const sql = `SELECT ${RUN_COLUMNS} FROM prop_run WHERE proposal = ? ORDER BY seq DESC LIMIT ?`;
  return { sql, params: [proposalId, limit] };
}

/** Newest first. */
export function iterationsOf(proposalId: string, limit: number): Query {
  const sql = `SELECT ${ITERATION_COLUMNS} FROM prop_iteration WHERE proposal = ? ORDER BY seq DESC LIMIT ?`;
  return { sql, params: [proposalId, limit] };
}

export function runOfRow(row: unknown): ValidationRun {
  const { id, proposal, started_by, started_at, ended_at, status, error, summary } = row as RunRow;
  return {
    run_id: id,
    proposal_id: proposal,
    started_by: started_by ?? '',
    started_at: isoOf(started_at),
    ended_at: ended_at === null ? null : isoOf(ended_at),
    status,
    ...(error === null ? {} : { error }),
    ...(summary === null ? {} : { summary: JSON.parse(summary) as unknown }),
  };
}

export function iterationOfRow(row: unknown): Iteration {
  const { id, proposal, started_by, instructions, started_at, ended_at, status, error, files } = row as IterationRow;
  return {
    iteration_id: id,
    proposal_id: proposal,
    started_by: started_by ?? '',
    instructions,
    started_at: isoOf(started_at),
    ended_at: ended_at === null ? null : isoOf(ended_at),
    status,
    ...(error === null ? {} : { error }),
    ...(files === null ? {} : { files_modified: JSON.parse(files) as string[] }),
  };
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}
