import type { Hono } from 'hono';
import * as z from 'zod';
import { invalidRequest, issuesOf } from '../../engine/http/issues.ts';
import { readJsonObject } from '../../engine/http/read-json.ts';
import { auditOf, principalOf } from '../../engine/http/request-bindings.ts';
import { MillraceError } from '../../protocol/errors.ts';
import { assertMayCreate, assertUnlocked } from './access.ts';
import { ID_PATTERN } from './events.ts';
import { isChangeName, proposalIdOf } from './ids.ts';
import { assertMember, assertVisible } from './proposal-reads.ts';
import { actorOf, cursorAt, MAX_BODY_BYTES, type SurfaceParts } from './surface-parts.ts';
import { changeNameFrom } from './workspace/proposal-text.ts';

const NO_ROOT = 'No folder of projects is configured: set MILLRACE_PROJECTS_ROOT.';

const newProjectSchema = z.strictObject({ id: z.string().regex(ID_PATTERN, 'must match ^[a-z0-9][a-z0-9-]{0,63}$') });
const line = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u, 'must be one line');
const newProposalSchema = z.strictObject({
  title: line,
  why: z.string().trim().min(1).max(20_000),
  what: z.string().trim().min(1).max(20_000),
  change: z.string().optional(),
});

/** Projects and what is proposed in them. */
export function addProjectRoutes(routes: Hono, { context, workspace, reads }: SurfaceParts): void {
  routes.get('/api/v1/projects', async (request) => {
    const answer = await reads.projects(await principalOf(request));
    return request.json(workspace.root === undefined ? { ...answer, reason: NO_ROOT } : answer);
  });

  routes.post('/api/v1/projects', async (request) => {
    const about = { action: 'project.created', resource_type: 'project', resource_id: '' };
    const principal = await actorOf(request, about);
    const parsed = newProjectSchema.safeParse((await readJsonObject(request.req.raw, MAX_BODY_BYTES)).value);
    if (!parsed.success) throw invalidRequest(issuesOf(parsed.error));
    const { id } = parsed.data;
    auditOf(request).describe({ ...about, resource_id: id });
    assertMayCreate(principal, id);
    await workspace.createProject(id);
    const { records } = await context.log.append([
      auditOf(request).success({ ...about, resource_id: id, after: { id } }),
    ]);
    return request.json({ id, proposals: 0, lock: null, connected: [], cursor: cursorAt(context, records[0]) }, 201);
  });

  for (const path of ['/api/v1/projects/:id', '/api/v1/projects/:id/proposals']) {
    routes.get(path, async (request) => {
      const principal = await principalOf(request);
      const id = request.req.param('id') ?? '';
      await assertMember(workspace, principal, id);
      return request.json(await reads.project(principal, id));
    });
  }

  routes.post('/api/v1/projects/:id/proposals', async (request) => {
    const project = request.req.param('id');
    const about = { action: 'proposal.created', resource_type: 'proposal', resource_id: `${project}.` };
    const principal = await actorOf(request, about);
    await assertMember(workspace, principal, project);
    assertMayCreate(principal, project);
    const parsed = newProposalSchema.safeParse((await readJsonObject(request.req.raw, MAX_BODY_BYTES)).value);
    if (!parsed.success) throw invalidRequest(issuesOf(parsed.error));
    const { change = changeNameFrom(parsed.data.title), ...text } = parsed.data;
    if (!isChangeName(change)) {
      throw new MillraceError('invalid_request', 'change: must match ^[a-z0-9][a-z0-9-]{0,63}$ and not be "archive"');
    }
    const id = proposalIdOf(project, change);
    const { cursor } = await workspace.createProposal({ project, change }, text, {
      by: principal.sub,
      check: async () => assertUnlocked(principal, await reads.lock(project)),
      also: [auditOf(request).success({ ...about, resource_id: id, after: { title: text.title } })],
    });
    return request.json({ ...(await reads.summary(principal, id)), cursor }, 201);
  });

  routes.get('/api/v1/proposals/:id', async (request) => {
    const principal = await principalOf(request);
    const id = request.req.param('id');
    await assertVisible(workspace, principal, id);
    return request.json(await reads.proposal(principal, id));
  });
}
