import { type Agent, MAX_RECENT, type ObservedEvent, type Session } from '../events.ts';

/** The sessions as the server would answer after these events; `newerThan` is the position the given ones are as of. */
export function foldSessions(
  sessions: readonly Session[],
  events: readonly ObservedEvent[],
  newerThan: number,
): readonly Session[] {
  const byId = new Map(sessions.map((session) => [session.session_id, session]));
  let isChanged = false;
  for (const event of events) {
    if (event.id <= newerThan || event.session_id === undefined) continue;
    byId.set(event.session_id, nextSession(byId.get(event.session_id), event, event.session_id));
    isChanged = true;
  }
  if (!isChanged) return sessions;
  return [...byId.values()].sort((a, b) => Date.parse(b.last_at) - Date.parse(a.last_at)).slice(0, MAX_RECENT);
}

function nextSession(session: Session | undefined, event: ObservedEvent, session_id: string): Session {
  const agents = nextAgents(session?.agents ?? [], event);
  const isNewAgent = agents.length > (session?.agents.length ?? 0);
  return {
    session_id,
    source_app: event.source_app,
    first_at: session?.first_at ?? event.created_at,
    last_at: event.created_at,
    event_count: (session?.event_count ?? 0) + 1,
    last_event_type: event.event_type,
    agent_count: (session?.agent_count ?? 0) + (isNewAgent ? 1 : 0),
    agents,
  };
}

function nextAgents(agents: readonly Agent[], event: ObservedEvent): Agent[] {
  if (event.agent_id === undefined) return [...agents];
  const known = agents.find((agent) => agent.agent_id === event.agent_id);
  const agent_type = event.agent_type ?? known?.agent_type;
  const agent: Agent = {
    agent_id: event.agent_id,
    ...(agent_type === undefined ? {} : { agent_type }),
    last_at: event.created_at,
    event_count: (known?.event_count ?? 0) + 1,
    last_event_type: event.event_type,
  };
  return [agent, ...agents.filter((other) => other.agent_id !== event.agent_id)];
}
