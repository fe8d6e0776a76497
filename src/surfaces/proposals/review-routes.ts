import { randomUUID } from 'node:crypto';
import type { Context, Hono } from 'hono';
import * as z from 'zod';
import type { Principal } from '../../engine/auth/principal.ts';
import { invalidRequest, issuesOf } from '../../engine/http/issues.ts';
import { readJsonObject } from '../../engine/http/read-json.ts';
import { auditOf } from '../../engine/http/request-bindings.ts';
import { MillraceError } from '../../protocol/errors.ts';
import { assertMay, assertMaySetStatus, isInAudience } from './access.ts';
import { type Comment, PROPOSAL_LIMITS, proposalStatusSchema } from './events.ts';
import { parseProposalId } from './ids.ts';
import { assertVisible } from './proposal-reads.ts';
import { toLogEvent } from './records.ts';
import { actorOf, cursorAt, MAX_BODY_BYTES, type SurfaceParts } from './surface-parts.ts';
import { parseFilePath } from './workspace/file-path.ts';
import { inTurn } from './workspace.ts';

const statusSchema = z.strictObject({ status: proposalStatusSchema });
const commentSchema = z.strictObject({
  text: z.string().trim().min(1).max(PROPOSAL_LIMITS.comment),
  path: z.string().optional(),
  line: z.number().int().min(1).max(10_000_000).optional(),
  parent_id: z.string().max(64).nullish(),
});
const changeSchema = z
  .strictObject({
    status: z.enum(['open', 'accepted', 'rejected', 'deferred']),
    reason: z.string().trim().min(1).max(PROPOSAL_LIMITS.reason).optional(),
  })
  .refine(({ status, reason }) => reason !== undefined || (status !== 'rejected' && status !== 'deferred'), {
    path: ['reason'],
    message: 'is required to reject or defer a comment',
  });
const reviewersSchema = z.strictObject({
  reviewers: z.array(z.string().trim().min(1).max(200)).max(PROPOSAL_LIMITS.reviewers),
});

/** Comments of one proposal; more are refused. */
const MAX_COMMENTS = 2_000;

/** What people say of a proposal and what becomes of it. */
export function addReviewRoutes(routes: Hono, { context, workspace, reads }: SurfaceParts): void {
  const { log, clock } = context;

  routes.patch('/api/v1/proposals/:id/status', async (request) => {
    const about = aboutProposal(request, 'proposal.status_changed');
    const principal = await actorOf(request, about);
    const id = about.resource_id;
    await assertVisible(workspace, principal, id);
    const { status } = await bodyOf(request, statusSchema);
    const answer = await inTurn(context, projectOf(id), async () => {
      const state = await reads.state(id);
      assertMaySetStatus(principal, state, status);
      const previous_status = state.status;
      const { records } = await log.append([
        toLogEvent({ type: 'proposal_status_changed', proposal_id: id, actor: principal.sub, status, previous_status }),
        auditOf(request).success({ ...about, before: { status: previous_status }, after: { status } }),
      ]);
      return { status, previous_status, cursor: cursorAt(context, records.at(-1)) };
    });
    return request.json({ proposal_id: id, ...answer });
  });

  routes.put('/api/v1/proposals/:id/reviewers', async (request) => {
    const about = aboutProposal(request, 'proposal.reviewers_changed');
    const principal = await actorOf(request, about);
    const id = about.resource_id;
    await assertVisible(workspace, principal, id);
    const reviewers = [...new Set((await bodyOf(request, reviewersSchema)).reviewers)];
    const cursor = await inTurn(context, projectOf(id), async () => {
      const state = await reads.state(id);
      assertMay('edit', principal, state);
      const { records } = await log.append([
        toLogEvent({ type: 'reviewers_changed', proposal_id: id, actor: principal.sub, reviewers }),
        auditOf(request).success({ ...about, before: { reviewers: state.reviewers }, after: { reviewers } }),
      ]);
      return cursorAt(context, records.at(-1));
    });
    return request.json({ proposal_id: id, reviewers, cursor });
  });

  routes.post('/api/v1/proposals/:id/comments', async (request) => {
    const about = aboutProposal(request, 'comment.created');
    const principal = await actorOf(request, about);
    const id = about.resource_id;
    await assertVisible(workspace, principal, id);
    const { text, path, line, parent_id = null } = await bodyOf(request, commentSchema);
    if (path !== undefined) parseFilePath(path);
    const answer = await inTurn(context, projectOf(id), async () => {
      assertMay('comment', principal, await reads.state(id));
      const { total, thread } = await reads.thread(id, parent_id);
      if (total >= MAX_COMMENTS) throw new MillraceError('conflict', `a proposal may have ${MAX_COMMENTS} comments`);
      const now = new Date(clock.now()).toISOString();
      const comment: Comment = {
        id: randomUUID(),
        proposal_id: id,
        parent_id: thread,
        author: principal.sub,
        text,
        ...(path === undefined ? {} : { path }),
        ...(line === undefined ? {} : { line }),
        status: 'open',
        created_at: now,
        updated_at: now,
      };
      const { records } = await log.append([
        toLogEvent({ type: 'comment_created', proposal_id: id, comment }),
        auditOf(request).success({
          ...about,
          resource_type: 'comment',
          resource_id: comment.id,
          after: { proposal: id },
        }),
      ]);
      return { ...comment, cursor: cursorAt(context, records.at(-1)) };
    });
    return request.json(answer, 201);
  });

  routes.patch('/api/v1/comments/:id', async (request) => {
    const commentId = request.req.param('id');
    const about = { action: 'comment.updated', resource_type: 'comment', resource_id: commentId };
    const principal = await actorOf(request, about);
    const { proposal_id } = await visibleComment(principal, commentId);
    const { status, reason } = await bodyOf(request, changeSchema);
    const answer = await inTurn(context, projectOf(proposal_id), async () => {
      // What it was before the turn may have been changed by the one who had it.
      const { reason: previousReason, ...before } = await visibleComment(principal, commentId);
      assertMay('review', principal, await reads.state(proposal_id));
      const comment: Comment = {
        ...before,
        status,
        ...(reason === undefined ? {} : { reason }),
        updated_at: new Date(clock.now()).toISOString(),
      };
      const { records } = await log.append([
        toLogEvent({ type: 'comment_updated', proposal_id, comment }),
        auditOf(request).success({
          ...about,
          before: { status: before.status, ...(previousReason === undefined ? {} : { reason: previousReason }) },
          after: { status, ...(reason === undefined ? {} : { reason }) },
        }),
      ]);
      return { ...comment, cursor: cursorAt(context, records.at(-1)) };
    });
    return request.json(answer);
  });

  /** Throws `not_found` for a comment that somebody is not told of, as for one that isn't there. */
  async function visibleComment(principal: Principal, id: string): Promise<Comment> {
    const comment = await reads.comment(id);
    if (comment) {
      await assertVisible(workspace, principal, comment.proposal_id).catch(() => {
        throw noComment();
      });
      if (isInAudience(principal, await reads.state(comment.proposal_id))) return comment;
    }
    throw noComment();
  }
}

function noComment(): MillraceError {
  return new MillraceError('not_found', 'there is no such comment');
}

function aboutProposal(request: Context, action: string) {
  return { action, resource_type: 'proposal', resource_id: request.req.param('id') ?? '' };
}

function projectOf(id: string): string {
  return parseProposalId(id)?.project ?? '';
}

async function bodyOf<Schema extends z.ZodType>(request: Context, schema: Schema): Promise<z.infer<Schema>> {
  const parsed = schema.safeParse((await readJsonObject(request.req.raw, MAX_BODY_BYTES)).value);
  if (parsed.success) return parsed.data;
  throw invalidRequest(issuesOf(parsed.error));
}
