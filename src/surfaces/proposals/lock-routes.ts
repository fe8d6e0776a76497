import type { Context, Hono } from 'hono';
import { isAdmin, type Principal } from '../../engine/auth/principal.ts';
import { auditOf } from '../../engine/http/request-bindings.ts';
import { MillraceError } from '../../protocol/errors.ts';
import { assertMayCreate } from './access.ts';
import type { Lock } from './events.ts';
import { assertMember } from './proposal-reads.ts';
import { toLogEvent } from './records.ts';
import { actorOf, cursorAt, type SurfaceParts } from './surface-parts.ts';
import { inTurn } from './workspace.ts';

/** A lock that isn't given back ends by itself after this time (CONTRACT, 002). */
export const LOCK_MS = 30 * 60 * 1_000;

const PATH = '/api/v1/projects/:id/lock';

/** One person at a time works on a project that is locked. */
export function addLockRoutes(routes: Hono, { context, workspace, reads }: SurfaceParts): void {
  const { clock } = context;

  routes.post(PATH, async (request) => {
    const principal = await lockingOf(request, 'project.locked');
    return inTurn(context, projectOf(request), async () => {
      const before = await reads.lock(projectOf(request));
      const isOthers = before !== null && before.holder !== principal.sub;
      if (isOthers) assertMayTake(request, principal, before);
      const now = clock.now();
      const since = before && !isOthers ? before.since : new Date(now).toISOString();
      const lock: Lock = { holder: principal.sub, since, expires_at: new Date(now + LOCK_MS).toISOString() };
      return set(request, principal, { before, lock, reason: isOthers ? 'taken_over' : 'locked' });
    });
  });

  routes.delete(PATH, async (request) => {
    const principal = await lockingOf(request, 'project.unlocked');
    return inTurn(context, projectOf(request), async () => {
      const before = await reads.lock(projectOf(request));
      if (before === null) return request.json({ lock: null, cursor: cursorAt(context, undefined) });
      if (before.holder !== principal.sub) assertMayTake(request, principal, before);
      return set(request, principal, { before, lock: null, reason: 'unlocked' });
    });
  });

  async function lockingOf(request: Context, action: string): Promise<Principal> {
    const project = projectOf(request);
    const principal = await actorOf(request, { action, resource_type: 'project', resource_id: project });
    await assertMember(workspace, principal, project);
    assertMayCreate(principal, project);
    return principal;
  }

  async function set(request: Context, principal: Principal, { before, lock, reason }: Change): Promise<Response> {
    const project = projectOf(request);
    const action = lock ? 'project.locked' : 'project.unlocked';
    const about = { action, resource_type: 'project', resource_id: project };
    const { records } = await context.log.append([
      toLogEvent({ type: 'lock_changed', proposal_id: '', actor: principal.sub, project_id: project, lock, reason }),
      auditOf(request).success({ ...about, before: { lock: before }, after: { lock, reason } }),
    ]);
    return request.json({ lock, cursor: cursorAt(context, records.at(-1)) });
  }
}

interface Change {
  readonly before: Lock | null;
  readonly lock: Lock | null;
  readonly reason: string;
}

/** Only an admin who says so; throws `conflict` naming the holder, or `forbidden`. */
function assertMayTake(request: Context, principal: Principal, lock: Lock): void {
  const isForced = request.req.query('force') === 'true';
  if (isForced && isAdmin(principal)) return;
  if (isForced) throw new MillraceError('forbidden', 'only an admin may take over a lock');
  const message = `${lock.holder} has locked the project until ${lock.expires_at}`;
  throw new MillraceError('conflict', message, { details: { lock } });
}

function projectOf(request: Context): string {
  return request.req.param('id') ?? '';
}
