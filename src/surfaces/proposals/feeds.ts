import { isAdmin, isMember, type Principal } from '../../engine/auth/principal.ts';
import type { EventView, FeedAccess, FeedDefinition } from '../../engine/feed.ts';
import type { LogRecord } from '../../engine/log/log.ts';
import { MillraceError } from '../../protocol/errors.ts';
import type { Audience } from './audience.ts';
import { isId, parseProposalId } from './ids.ts';
import { channelOf, eventNameOf, isOfProposal, messageText, RECORD_TYPES } from './records.ts';
import type { Workspace } from './workspace.ts';

/** What the feeds need, known once the surface has its context. */
export interface FeedParts {
  readonly workspace: Workspace;
  readonly audience: Audience;
}

/** All that happens in a project, for its members (specs/002 "WebSocket Connection Management"). */
export function projectFeed(parts: () => FeedParts): FeedDefinition {
  return {
    name: 'project',
    path: '/ws/projects/:project_id',
    isPrivate: true,
    async open(_query, _snapshots, access) {
      const project = access.params.project_id ?? '';
      const principal = memberOf(access, project);
      const { workspace, audience } = parts();
      if (!(await workspace.hasProject(project))) throw new MillraceError('not_found', 'there is no such project');
      await audience.ready();
      return viewOf(project, () => true, { principal, audience });
    },
  };
}

/** All that happens to one proposal, its project's lock included (specs/002 "Server-Sent Events Fallback"). */
export function proposalFeed(parts: () => FeedParts): FeedDefinition {
  return {
    name: 'proposal',
    path: '/api/v1/proposals/:proposal_id/events',
    isPrivate: true,
    async open(_query, _snapshots, access) {
      const id = access.params.proposal_id ?? '';
      const project = parseProposalId(id)?.project ?? '';
      const principal = memberOf(access, project);
      const { workspace, audience } = parts();
      await workspace.proposal(id);
      await audience.ready();
      const isShown = (record: LogRecord) => record.type === RECORD_TYPES.lock_changed || isOfProposal(record, id);
      const view = viewOf(project, isShown, { principal, audience });
      return { ...view, key: JSON.stringify([id, view.key]) };
    },
  };
}

interface Reading {
  readonly principal: Principal;
  readonly audience: Audience;
}

function viewOf(
  project: string,
  isShown: (record: LogRecord) => boolean,
  { principal, audience }: Reading,
): EventView & { readonly project: string } {
  const channel = channelOf(project);
  return {
    // Whoever is told of other comments than at an earlier time shares nothing with what was encoded then.
    key: JSON.stringify([
      project,
      ...(isAdmin(principal) ? [] : [principal.sub, audience.visibleTo(principal, project)]),
    ]),
    project,
    includes: (record) =>
      record.channel === channel &&
      eventNameOf(record) !== undefined &&
      isShown(record) &&
      (!isComment(record) || audience.includes(principal, proposalOf(record))),
    eventType: (record) => eventNameOf(record) ?? '',
    encode: messageText,
  };
}

/** Throws `forbidden`, whether there is such a project or not. */
function memberOf({ principal }: FeedAccess, project: string): Principal {
  if (principal && isId(project) && isMember(principal, project)) return principal;
  throw new MillraceError('forbidden', 'only members of the project may see this');
}

function isComment({ type }: LogRecord): boolean {
  return type === RECORD_TYPES.comment_created || type === RECORD_TYPES.comment_updated;
}

function proposalOf({ body }: LogRecord): string {
  return (JSON.parse(body) as { proposal_id: string }).proposal_id;
}
