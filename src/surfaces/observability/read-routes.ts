import type { Hono } from 'hono';
import * as z from 'zod';
import { parseQuery } from '../../engine/http/parse-query.ts';
import type { SnapshotReader } from '../../engine/store/snapshot.ts';
import type { SurfaceContext } from '../../engine/surface.ts';
import { formatCursor } from '../../protocol/cursor.ts';
import { eventJson } from './event-json.ts';
import { type Agent, type FilterOptions, MAX_RECENT, type Sessions } from './events.ts';
import { type EventRow, limitSchema, recentParametersSchema, recentQueries } from './recent-query.ts';

/** Most sub-agents shown of one session; `agent_count` tells how many there are. */
const MAX_AGENTS = 100;

const sessionsParametersSchema = z.object({ limit: limitSchema });

/** The reads of specs/004; each is one snapshot, so that its rows and its cursor belong together. */
export function addReadRoutes(routes: Hono, { snapshots }: SurfaceContext): void {
  routes.get('/events/recent', async (context) => {
    const parameters = parseQuery(recentParametersSchema, context);
    return context.body(await recentEvents(snapshots, parameters), 200, { 'content-type': 'application/json' });
  });
  routes.get('/events/filter-options', async (context) => context.json(await filterOptions(snapshots)));
  routes.get('/events/sessions', async (context) => {
    const { limit } = parseQuery(sessionsParametersSchema, context);
    return context.json(await sessions(snapshots, limit));
  });
}

/** Text of the answer: stored bodies go into it as they are. */
async function recentEvents(
  snapshots: SnapshotReader,
  parameters: z.infer<typeof recentParametersSchema>,
): Promise<string> {
  const { page, total, searchedFrom } = recentQueries(parameters);
  const { cursor, results } = await snapshots.snapshot<[EventRow, { total: number }, { seq: number }]>([
    page,
    total,
    searchedFrom,
  ]);
  const [rows, [count], [searched]] = results;
  const newestFirst = parameters.after === undefined ? rows : rows.toReversed();
  const tail = {
    total: count?.total ?? 0,
    ...(parameters.q === undefined ? {} : { searched_from: searched?.seq ?? 1 }),
    cursor: formatCursor(cursor),
  };
  return `{"events":[${newestFirst.map(eventJson).join(',')}],${JSON.stringify(tail).slice(1)}`;
}

async function filterOptions(snapshots: SnapshotReader): Promise<FilterOptions> {
  const { cursor, results } = await snapshots.snapshot<[{ name: string }, { name: string }, { name: string }]>([
    { sql: 'SELECT name FROM obs_app ORDER BY name' },
    { sql: 'SELECT name FROM obs_session ORDER BY last_seq DESC LIMIT ?', params: [MAX_RECENT] },
    { sql: 'SELECT name FROM obs_type ORDER BY name' },
  ]);
  const [apps, sessionNames, types] = results.map((rows) => rows.map((row) => row.name));
  return {
    source_apps: apps ?? [],
    session_ids: sessionNames ?? [],
    event_types: types ?? [],
    cursor: formatCursor(cursor),
  };
}

interface SessionRow {
  readonly id: number;
  readonly name: string;
  readonly source_app: string;
  readonly first_at: number;
  readonly last_at: number;
  readonly event_count: number;
  readonly last_event_type: string;
}

interface AgentRow {
  readonly session: number;
  readonly agent_id: string;
  readonly agent_type: string | null;
  readonly last_at: number;
  readonly event_count: number;
  readonly last_event_type: string;
  /** How many agents the session has. */
  readonly of: number;
}

async function sessions(snapshots: SnapshotReader, limit: number): Promise<Sessions> {
  const { cursor, results } = await snapshots.snapshot<[SessionRow, AgentRow]>([
    { sql: 'SELECT * FROM obs_session ORDER BY last_seq DESC LIMIT ?', params: [limit] },
    {
      sql: `SELECT * FROM (
              SELECT *, count(*) OVER (PARTITION BY session) AS "of",
                row_number() OVER (PARTITION BY session ORDER BY last_seq DESC) AS place
              FROM obs_agent
              WHERE session IN (SELECT id FROM obs_session ORDER BY last_seq DESC LIMIT ?)
            ) WHERE place <= ? ORDER BY last_seq DESC`,
      params: [limit, MAX_AGENTS],
    },
  ]);
  const [rows, agents] = results;
  const bySession = new Map<number, AgentRow[]>();
  for (const agent of agents) bySession.set(agent.session, [...(bySession.get(agent.session) ?? []), agent]);
  return {
    sessions: rows.map((row) => {
      const own = bySession.get(row.id) ?? [];
      return {
        session_id: row.name,
        source_app: row.source_app,
        first_at: isoTime(row.first_at),
        last_at: isoTime(row.last_at),
        event_count: row.event_count,
        last_event_type: row.last_event_type,
        agent_count: own[0]?.of ?? 0,
        agents: own.map(agentOf),
      };
    }),
    cursor: formatCursor(cursor),
  };
}

function agentOf({ agent_id, agent_type, last_at, event_count, last_event_type }: AgentRow): Agent {
  const type = agent_type === null ? {} : { agent_type };
  return { agent_id, ...type, last_at: isoTime(last_at), event_count, last_event_type };
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
