import { auditedEvent } from '../../../engine/audit/audit-entry.ts';
import type { ClientFrame, FrameSender } from '../../../engine/feed.ts';
import type { SurfaceContext } from '../../../engine/surface.ts';
import { MillraceError } from '../../../protocol/errors.ts';
import { assertMay } from '../access.ts';
import type { IterationRunner } from '../iteration-runner.ts';
import { assertVisible, type ProposalReads } from '../proposal-reads.ts';
import type { Workspace } from '../workspace.ts';

export interface CancelFrameParts {
  readonly context: Pick<SurfaceContext, 'log' | 'logger'>;
  readonly workspace: Workspace;
  readonly reads: Pick<ProposalReads, 'state'>;
  readonly iterations: IterationRunner;
}

/**
 * `{"type":"cancel_iteration","proposal_id"}` on a WebSocket does what `DELETE …/iterate` does. It has no answer of its
 * own: `iteration_cancelled` follows, or the end that came before it. False for another frame.
 */
export function receiveCancelFrame(parts: CancelFrameParts, frame: ClientFrame, sender: FrameSender): boolean {
  if (frame.type !== 'cancel_iteration') return false;
  const { principal, address } = sender;
  const id = frame.proposal_id;
  if (typeof id !== 'string' || !principal) return false;
  const { context, workspace, reads, iterations } = parts;
  const entry = {
    actor: principal.sub,
    action: 'iteration.cancelled',
    resource_type: 'proposal',
    resource_id: id.slice(0, 200),
    ip: address,
  };
  const cancel = async () => {
    await assertVisible(workspace, principal, id);
    assertMay('cancel', principal, await reads.state(id));
    const audited = (iterationId: string) =>
      auditedEvent({ ...entry, outcome: 'success', after: { iteration_id: iterationId } });
    await iterations.cancel(id, { actor: principal.sub, audited });
  };
  void cancel().catch(async (error: unknown) => {
    if (!(error instanceof MillraceError)) {
      context.logger.error({ err: error }, 'an iteration could not be cancelled');
      return;
    }
    const outcome = error.code === 'forbidden' ? 'denied' : 'failure';
    await context.log.append([auditedEvent({ ...entry, outcome })]).catch((cause: unknown) => {
      context.logger.error({ err: cause }, 'a refused cancellation could not be recorded');
    });
  });
  return true;
}
