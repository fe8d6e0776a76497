import type { Context } from 'hono';
import type { Principal } from '../../engine/auth/principal.ts';
import { auditOf, principalOf } from '../../engine/http/request-bindings.ts';
import type { LogRecord } from '../../engine/log/log.ts';
import type { SurfaceContext } from '../../engine/surface.ts';
import { formatCursor } from '../../protocol/cursor.ts';
import type { Audience } from './audience.ts';
import type { ProposalReads } from './proposal-reads.ts';
import type { Workspace } from './workspace.ts';

/** What the surface's routes share. */
export interface SurfaceParts {
  readonly context: SurfaceContext;
  readonly workspace: Workspace;
  readonly reads: ProposalReads;
  readonly audience: Audience;
}

/** Bytes of a JSON request: the largest file, escaped. */
export const MAX_BODY_BYTES = 2 * 1024 * 1024;

/** Who acts; the audit trail then names them, and says what it is about also where it comes to nothing. */
export async function actorOf(
  context: Context,
  about: { readonly action: string; readonly resource_type: string; readonly resource_id: string },
): Promise<Principal> {
  auditOf(context).describe(about);
  const principal = await principalOf(context);
  auditOf(context).by(principal.sub);
  return principal;
}

export function cursorAt({ log }: SurfaceContext, record: LogRecord | undefined): string {
  return formatCursor(record ? { epoch: log.epoch, seq: record.seq, tag: record.tag } : log.head());
}
