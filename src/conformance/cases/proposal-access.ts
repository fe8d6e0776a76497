import type { Criterion } from '../criterion.ts';
import { isEvent } from '../probes/feed-messages.ts';
import type { Probe } from '../probes/probe.ts';
import { CaseSkipped, expectEqual, expectThat } from '../verdict.ts';
import { aProject, aProposal, orSkip, whoAsks } from './proposal-scene.ts';

const LIMIT_MS = 5_000;
/** "The system sends ping every 30 seconds", and two for the way. */
const PING_MS = 32_000;
/** Beyond this many streams a limit is not looked for. */
const MOST_STREAMS = 20;

/** Spec 002: who may connect, and how often. */
export const proposalAccessCriteria: readonly Criterion[] = [
  {
    name: 'establish-connection',
    words:
      'WHEN a client connects to /ws/projects/{project_id} WITH valid JWT token THEN the system establishes WebSocket connection AND associates connection with user and project',
    async judge(probe) {
      const project = await aProject(probe);
      const { user } = await whoAsks(probe);
      const socket = await probe.socket(`/ws/projects/${project}`, { protocols: ['millrace.v1'] });
      expectEqual(socket.status, 101, 'the status');
      await socket.texts.until('hello', probe.limit(LIMIT_MS), ([text]) => text);
      const { connected } = (await probe.ask(`/api/v1/projects/${project}`)).json();
      expectThat(Array.isArray(connected) && connected.includes(user), `${user} is not among those connected`);
    },
  },
  {
    name: 'websocket-authentication',
    words: 'WHEN a client connects without valid token THEN the system closes connection with 4001 Unauthorized',
    async judge(probe) {
      for (const headers of [{}, { authorization: 'Bearer nonsense' }] as Record<string, string>[]) {
        const socket = await probe.socket('/ws/projects/conformance', { headers, isKnown: false });
        expectEqual(socket.status, 101, 'the status: a browser reads no other');
        const { code } = await socket.closing(probe.limit(LIMIT_MS));
        expectEqual(code, 4001, headers.authorization ? 'the close code of a bad token' : 'the close code of no token');
        expectEqual(socket.texts.items, [], 'what was shown before the close');
      }
    },
  },
  {
    name: 'unauthorized-requests',
    words: 'Without a token: 401 and `{"error":{"code","message","details?","traceId"}}`.',
    async judge(probe) {
      const json = await probe.ask('/api/v1/projects', { isKnown: false });
      const stream = await probe.stream('/ws/projects/conformance', { isKnown: false });
      expectEqual([json.status, stream.status], [401, 401], 'the statuses of a request and of a stream');
      const { error } = json.json();
      expectEqual(error?.code, 'unauthorized', 'error.code');
      for (const member of ['message', 'traceId']) expectEqual(typeof error?.[member], 'string', `error.${member}`);
    },
  },
  {
    name: 'other-project',
    words: 'a token that does not allow the project: closed with 4003.',
    async judge(probe) {
      const { is_admin, projects } = await whoAsks(probe);
      if (is_admin || projects === '*') {
        throw new CaseSkipped('the token may see every project: give that of a member of one of them');
      }
      const socket = await probe.socket(`/ws/projects/${probe.freshName()}`);
      const { code } = await socket.closing(probe.limit(LIMIT_MS));
      expectEqual(code, 4003, 'the close code');
    },
  },
  {
    name: 'connection-heartbeat',
    words: 'WHEN WebSocket connection is established THEN the system sends ping every 30 seconds',
    isSlow: true,
    async judge(probe) {
      const socket = await probe.socket(`/ws/projects/${await aProject(probe)}`);
      await socket.pings.until('ping', probe.limit(PING_MS), ([ping]) => ping);
    },
  },
  {
    name: 'reconnection-handling',
    words:
      'WHEN a client reconnects after disconnect THEN the system resumes from last known state AND sends missed events if buffered',
    async judge(probe) {
      const project = await aProject(probe);
      const path = `/ws/projects/${project}`;
      const first = await probe.feed(path, 'millrace.v1');
      await toggleLock(probe, project);
      const seen = await first.until('lock_changed', LIMIT_MS, (all) => all.find(isEvent));
      first.close();
      await toggleLock(probe, project);
      const second = await probe.feed(path, 'websocket', { query: { cursor: seen.cursor } });
      const missed = await second.until('missed events', LIMIT_MS, (all) => {
        const locks = all.filter(({ type }) => type === 'lock_changed');
        return locks.length >= 3 && locks;
      });
      expectThat(!missed.some(({ cursor }) => cursor === seen.cursor), 'an event that had been seen came again');
    },
  },
  {
    name: 'sse-connection',
    words:
      'WHEN a client requests /api/v1/proposals/{id}/events WITH Accept: text/event-stream THEN the system establishes SSE connection',
    async judge(probe) {
      const { id } = await aProposal(probe);
      const stream = await probe.stream(`/api/v1/proposals/${id}/events`);
      expectEqual(stream.status, 200, 'the status');
      expectEqual(stream.headers.get('content-type')?.split(';')[0], 'text/event-stream', 'Content-Type');
      await stream.events.until('hello', probe.limit(LIMIT_MS), ([event]) => event?.event === 'hello');
    },
  },
  {
    name: 'sse-reconnection',
    words:
      'WHEN SSE connection drops AND client reconnects with Last-Event-ID THEN the system resumes from that event ID',
    async judge(probe) {
      const { id, project } = await aProposal(probe);
      const path = `/api/v1/proposals/${id}/events`;
      const first = await probe.stream(path);
      await toggleLock(probe, project);
      const seen = await first.events.until('lock_changed', probe.limit(LIMIT_MS), (all) =>
        all.find(({ event }) => event === 'lock_changed'),
      );
      first.close();
      await toggleLock(probe, project);
      const second = await probe.stream(path, { headers: { 'last-event-id': seen.id ?? '' } });
      const missed = await second.events.until('missed events', probe.limit(LIMIT_MS), (all) => {
        const locks = all.filter(({ event }) => event === 'lock_changed');
        return locks.length >= 3 && locks;
      });
      expectThat(!missed.some((one) => one.id === seen.id), 'an event that had been seen came again');
    },
  },
  {
    name: 'audit-subscribe',
    words: 'WHEN an Admin connects to /ws/audit THEN the system streams audit events in real-time',
    async judge(probe) {
      const { is_admin, user } = await whoAsks(probe);
      if (!is_admin) {
        const socket = await probe.socket('/ws/audit');
        expectEqual((await socket.closing(probe.limit(LIMIT_MS))).code, 4003, 'the close code for somebody else');
        throw new CaseSkipped('the token is not that of an admin; everybody else is refused with 4003, as is right');
      }
      const project = await aProject(probe);
      const feed = await probe.feed('/ws/audit', 'websocket');
      await toggleLock(probe, project);
      const entry = await feed.until('audit event of the lock', LIMIT_MS, (all) =>
        all.find((one) => one.type === 'audit' && one.actor === user && one.resource_id === project),
      );
      for (const name of ['id', 'at', 'action', 'resource_type', 'outcome']) {
        expectThat(entry[name] !== undefined, `the audit event has no ${name}`);
      }
    },
  },
  {
    name: 'audit-filter',
    words: 'WHEN audit subscription includes filters THEN only matching events are streamed',
    async judge(probe) {
      const { is_admin } = await whoAsks(probe);
      if (!is_admin) throw new CaseSkipped('the token is not that of an admin');
      const project = await aProject(probe);
      const query = { action: 'project.unlocked', resource_id: project };
      const feed = await probe.feed('/ws/audit', 'websocket', { query });
      await toggleLock(probe, project);
      await feed.until('audit event of the unlock', LIMIT_MS, (all) => all.some(isEvent));
      const actions = new Set(feed.events().map(({ action }) => action));
      expectEqual([...actions], ['project.unlocked'], 'the actions that were streamed');
    },
  },
  {
    name: 'max-connections-per-user',
    words:
      'WHEN user exceeds max WebSocket connections (default: 5) THEN the oldest connection is closed AND new connection is accepted',
    async judge(probe) {
      const path = `/ws/projects/${await aProject(probe)}`;
      const sockets = [await probe.socket(path)];
      const [oldest] = sockets;
      while (sockets.length < MOST_STREAMS && oldest?.closings.items.length === 0) {
        const newest = await probe.socket(path, { protocols: ['millrace.v1'] });
        expectEqual(newest.status, 101, `the status of connection ${sockets.length + 1}`);
        await newest.texts.until('hello', probe.limit(LIMIT_MS), ([text]) => text);
        sockets.push(newest);
      }
      if (oldest?.closings.items.length === 0) throw new CaseSkipped(`the limit is above ${MOST_STREAMS}`);
      expectEqual((await oldest?.closing(probe.limit(LIMIT_MS)))?.code, 4008, 'the close code of the oldest');
      // The word of it may come after another was opened: then the next oldest has gone, too.
      const isClosed = sockets.map(({ closings }) => closings.items.length > 0);
      const closed = isClosed.filter(Boolean).length;
      expectEqual(isClosed.lastIndexOf(true), closed - 1, 'the newest connection that was closed, of the oldest ones');
      expectThat(closed < sockets.length, 'the new connection was closed');
    },
  },
  {
    name: 'max-connections-per-project',
    words:
      'WHEN project exceeds max concurrent connections (default: 50) THEN new connection is rejected with 503 Service Unavailable',
    async judge() {
      throw new CaseSkipped('it takes the tokens of more than ten users');
    },
  },
];

/** Locks the project and unlocks it: two events that change nothing for long. */
export async function toggleLock(probe: Probe, project: string): Promise<void> {
  const path = `/api/v1/projects/${project}/lock`;
  orSkip(await probe.post(path, {}), `POST ${path}`);
  orSkip(await probe.ask(path, { method: 'DELETE' }), `DELETE ${path}`);
}
