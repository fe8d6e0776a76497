import { auditedEvent } from '../../../engine/audit/audit-entry.ts';
import type { SurfaceContext } from '../../../engine/surface.ts';
import { toLogEvent } from '../records.ts';
import type { Workspace } from '../workspace.ts';

export interface InterruptedRunsOptions extends Pick<SurfaceContext, 'log' | 'snapshots' | 'logger'> {
  readonly workspace: Pick<Workspace, 'findFile' | 'writeFiles'>;
}

interface OpenRow {
  readonly id: string;
  readonly proposal: string;
}

interface EditRow {
  readonly iteration: string;
  readonly path: string;
  readonly before: string | null;
  readonly after: string;
}

/** Who puts files back. */
const MILLRACE = 'millrace';
const DIED = 'the server ended before it was over';

/**
 * Gives an end to what a server before this one left open. An iteration's edits are in the files only if it is complete:
 * those that were written are taken back, except where somebody has changed the file since.
 */
export async function endInterruptedRuns(options: InterruptedRunsOptions): Promise<void> {
  const { log, snapshots } = options;
  const { results } = await snapshots.snapshot<[OpenRow, OpenRow, EditRow]>([
    { sql: 'SELECT id, proposal FROM prop_run WHERE ended_at IS NULL ORDER BY seq' },
    { sql: 'SELECT id, proposal FROM prop_iteration WHERE ended_at IS NULL ORDER BY seq' },
    {
      sql: `SELECT iteration, path, before, after FROM prop_edit
        WHERE iteration IN (SELECT id FROM prop_iteration WHERE ended_at IS NULL)`,
    },
  ]);
  const [runs, iterations, edits] = results;
  const code = 'interrupted';
  for (const { id, proposal } of runs) {
    const end = { type: 'validation_error', proposal_id: proposal, error: DIED, code, run_id: id } as const;
    await log.append([toLogEvent(end)]);
  }
  for (const { id, proposal } of iterations) {
    const own = edits.filter(({ iteration }) => iteration === id);
    const error = (await takeBack(options, proposal, own)) ? DIED : `${DIED}; its edits could not all be taken back`;
    await log.append([toLogEvent({ type: 'iteration_error', proposal_id: proposal, error, code, iteration_id: id })]);
  }
}

async function takeBack(
  { workspace, logger }: InterruptedRunsOptions,
  proposal: string,
  edits: readonly EditRow[],
): Promise<boolean> {
  try {
    const written: { path: string; content: string | null }[] = [];
    const etags = new Map<string, string | null>();
    for (const { path, before, after } of edits) {
      const file = await workspace.findFile(proposal, path);
      if (file?.content !== after || before === after) continue;
      written.push({ path, content: before });
      etags.set(path, file.etag);
    }
    if (written.length === 0) return true;
    const undone = auditedEvent({
      actor: MILLRACE,
      action: 'iteration.undone',
      resource_type: 'proposal',
      resource_id: proposal,
      outcome: 'success',
      after: { files: written.map(({ path }) => path) },
      ip: '',
    });
    await workspace.writeFiles(proposal, written, { by: MILLRACE, expectedEtags: etags, also: [undone] });
    return true;
  } catch (error) {
    logger.error({ err: error, proposal }, 'what an interrupted iteration wrote could not be taken back');
    return false;
  }
}
