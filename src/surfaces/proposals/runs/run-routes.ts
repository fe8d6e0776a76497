import type { Context, Hono } from 'hono';
import * as z from 'zod';
import type { AuditedAction } from '../../../engine/audit/audit-entry.ts';
import type { Principal } from '../../../engine/auth/principal.ts';
import { invalidRequest, issuesOf } from '../../../engine/http/issues.ts';
import { parseQuery } from '../../../engine/http/parse-query.ts';
import { assertRealJson, readJsonObject } from '../../../engine/http/read-json.ts';
import { auditOf, principalOf } from '../../../engine/http/request-bindings.ts';
import type { SurfaceContext } from '../../../engine/surface.ts';
import { formatCursor } from '../../../protocol/cursor.ts';
import { MillraceError } from '../../../protocol/errors.ts';
import { type Action, assertMay } from '../access.ts';
import { type IterationDetail, PROPOSAL_LIMITS } from '../events.ts';
import { parseProposalId } from '../ids.ts';
import type { IterationRunner } from '../iteration-runner.ts';
import { assertVisible, type ProposalReads } from '../proposal-reads.ts';
import type { StartedBy, ValidationRunner } from '../validation-runner.ts';
import { inTurn, type Workspace } from '../workspace.ts';
import { iterationOfRow, iterationsOf, runOfRow, runsOf } from './stored-runs.ts';

export interface RunRoutesParts {
  readonly context: Pick<SurfaceContext, 'snapshots' | 'turns' | 'limits'>;
  readonly workspace: Workspace;
  readonly reads: Pick<ProposalReads, 'state'>;
  readonly validations: ValidationRunner;
  readonly iterations: IterationRunner;
}

const PROPOSAL = '/api/v1/proposals/:id';
const instructionsSchema = z.strictObject({
  instructions: z.string().trim().min(1, 'is empty').max(PROPOSAL_LIMITS.instructions),
});
const listSchema = z.strictObject({
  limit: z
    .string()
    .regex(/^\d{1,3}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(1).max(200))
    .default(20),
});
const NO_STORE = { 'cache-control': 'no-store' };

/** Validations and iterations: begun, cancelled, and what became of them. */
export function addRunRoutes(routes: Hono, parts: RunRoutesParts): void {
  const { context, workspace, reads, validations, iterations } = parts;

  routes.post(`${PROPOSAL}/validate`, async (request) => {
    const { id, principal, by } = await acting(request, 'validation.started');
    const run_id = await inTurnOf(id, async () => {
      await assertMayNow('validate', principal, id);
      return validations.start(id, by);
    });
    return request.json({ run_id }, 202);
  });

  routes.delete(`${PROPOSAL}/validate`, async (request) => {
    const { id, principal, by } = await acting(request, 'validation.cancelled');
    await assertMayNow('cancel', principal, id);
    return request.json({ run_id: await validations.cancel(id, by), status: 'cancelled' });
  });

  routes.post(`${PROPOSAL}/iterate`, async (request) => {
    const { id, principal, by } = await acting(request, 'iteration.started');
    const instructions = await instructionsOf(request, context.limits.maxBytes);
    const iteration_id = await inTurnOf(id, async () => {
      await assertMayNow('iterate', principal, id);
      const assertMayWrite = () => assertMayNow('edit', principal, id);
      const auditedWrite = (iteration_id: string, files: readonly string[]) => {
        const after = { iteration_id, files };
        return auditOf(request).success({
          action: 'iteration.written',
          resource_type: 'proposal',
          resource_id: id,
          after,
        });
      };
      return iterations.start(id, { ...by, instructions, assertMayWrite, auditedWrite });
    });
    return request.json({ iteration_id }, 202);
  });

  routes.delete(`${PROPOSAL}/iterate`, async (request) => {
    const { id, principal, by } = await acting(request, 'iteration.cancelled');
    await assertMayNow('cancel', principal, id);
    return request.json({ iteration_id: await iterations.cancel(id, by), status: 'cancelled' });
  });

  routes.get(`${PROPOSAL}/runs`, async (request) => {
    const id = await visible(request);
    const { limit } = parseQuery(listSchema, request);
    const { cursor, results } = await context.snapshots.snapshot<[unknown]>([runsOf(id, limit)]);
    return request.json({ runs: results[0].map(runOfRow), cursor: formatCursor(cursor) }, 200, NO_STORE);
  });

  routes.get(`${PROPOSAL}/iterations`, async (request) => {
    const id = await visible(request);
    const { limit } = parseQuery(listSchema, request);
    const { cursor, results } = await context.snapshots.snapshot<[unknown]>([iterationsOf(id, limit)]);
    return request.json({ iterations: results[0].map(iterationOfRow), cursor: formatCursor(cursor) }, 200, NO_STORE);
  });

  routes.get(`${PROPOSAL}/iterations/:iteration_id`, async (request) => {
    const id = await visible(request);
    const iterationId = request.req.param('iteration_id');
    const { cursor, results } = await context.snapshots.snapshot<[unknown, IterationDetail['edits'][number]]>([
      { sql: 'SELECT * FROM prop_iteration WHERE id = ? AND proposal = ?', params: [iterationId, id] },
      {
        sql: `SELECT path, before, after FROM prop_edit
          WHERE iteration = (SELECT id FROM prop_iteration WHERE id = ? AND proposal = ?) ORDER BY path`,
        params: [iterationId, id],
      },
    ]);
    const row = results[0][0];
    if (row === undefined) throw new MillraceError('not_found', 'there is no such iteration');
    const detail: IterationDetail = { ...iterationOfRow(row), edits: [...results[1]], cursor: formatCursor(cursor) };
    return request.json(detail, 200, NO_STORE);
  });

  async function visible(request: Context): Promise<string> {
    const id = request.req.param('id') ?? '';
    await assertVisible(workspace, await principalOf(request), id);
    return id;
  }

  /** Who does what, as the audit trail has it whether or not it comes to something. */
  async function acting(request: Context, action: string) {
    const id = request.req.param('id') ?? '';
    const about = { action, resource_type: 'proposal', resource_id: id };
    auditOf(request).describe(about);
    const principal = await principalOf(request);
    auditOf(request).by(principal.sub);
    await assertVisible(workspace, principal, id);
    const audited = (runId: string) => auditOf(request).success(withRun(about, runId));
    return { id, principal, by: { actor: principal.sub, audited } satisfies StartedBy };
  }

  async function assertMayNow(action: Action, principal: Principal, id: string): Promise<void> {
    assertMay(action, principal, await reads.state(id));
  }

  function inTurnOf<Result>(id: string, action: () => Promise<Result>): Promise<Result> {
    return inTurn(context, parseProposalId(id)?.project ?? '', action);
  }
}

function withRun(about: AuditedAction, runId: string): AuditedAction {
  const kind = about.action.startsWith('validation') ? 'run_id' : 'iteration_id';
  return { ...about, after: { [kind]: runId } };
}

async function instructionsOf(request: Context, maxBytes: number): Promise<string> {
  const body = await readJsonObject(request.req.raw, maxBytes);
  const parsed = instructionsSchema.safeParse(body.value, { reportInput: true });
  if (!parsed.success) throw invalidRequest(issuesOf(parsed.error));
  assertRealJson(body);
  return parsed.data.instructions;
}
