import type { LogRecord } from '../../engine/log/log.ts';
import type { Projection, ProjectionDatabase, ProjectionWriter } from '../../engine/store/projection.ts';
import type { EventInput } from './event-input.ts';
import { RECORDED } from './events.ts';

/**
 * Finds events by app, type and session, and keeps the list of sessions. `obs_event` and `obs_count` cover what
 * retention has left; `event_count` of a session or an agent covers everything recorded since its first event that is
 * still known. A session none of whose events is left is forgotten, so that the tables cannot outgrow the log.
 */
export const observabilityProjection: Projection = {
  name: 'observability',
  version: 1,
  create: `
    CREATE TABLE obs_app (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
    CREATE TABLE obs_type (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
    CREATE TABLE obs_session (
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE,
      source_app TEXT NOT NULL,
      first_at INTEGER NOT NULL,
      last_at INTEGER NOT NULL,
      last_seq INTEGER NOT NULL,
      event_count INTEGER NOT NULL,
      last_event_type TEXT NOT NULL
    ) STRICT;
    CREATE INDEX obs_session_by_activity ON obs_session (last_seq);
    CREATE TABLE obs_agent (
      session INTEGER NOT NULL,
      agent_id TEXT NOT NULL,
      agent_type TEXT,
      last_at INTEGER NOT NULL,
      last_seq INTEGER NOT NULL,
      event_count INTEGER NOT NULL,
      last_event_type TEXT NOT NULL,
      PRIMARY KEY (session, agent_id)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE obs_event (
      seq INTEGER PRIMARY KEY,
      app INTEGER NOT NULL,
      type INTEGER NOT NULL,
      session INTEGER
    ) STRICT;
    CREATE INDEX obs_event_by_app ON obs_event (app);
    CREATE INDEX obs_event_by_type ON obs_event (type);
    CREATE INDEX obs_event_by_session ON obs_event (session) WHERE session IS NOT NULL;
    CREATE TABLE obs_count (
      app INTEGER NOT NULL,
      type INTEGER NOT NULL,
      events INTEGER NOT NULL,
      PRIMARY KEY (app, type)
    ) STRICT, WITHOUT ROWID;`,
  drop: ['app', 'type', 'session', 'agent', 'event', 'count']
    .map((table) => `DROP TABLE IF EXISTS obs_${table};`)
    .join('\n'),
  open: (database) => new ObservabilityWriter(database),
};

/** What one batch adds to a session or to an agent. */
interface Activity {
  events: number;
  firstAt: number;
  last: LogRecord;
  app: string;
  type: string;
  agentType: string | undefined;
}

class ObservabilityWriter implements ProjectionWriter {
  readonly #app: Dictionary;
  readonly #type: Dictionary;
  readonly #upsertSession;
  readonly #upsertAgent;
  readonly #insertEvent;
  readonly #addCount;
  readonly #trimStatements;

  constructor(database: ProjectionDatabase) {
    this.#app = new Dictionary(database, 'obs_app');
    this.#type = new Dictionary(database, 'obs_type');
    this.#upsertSession = database.prepare(
      `INSERT INTO obs_session (name, source_app, first_at, last_at, last_seq, event_count, last_event_type)
       VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (name) DO UPDATE SET source_app = excluded.source_app, last_at = excluded.last_at,
         last_seq = excluded.last_seq, event_count = event_count + excluded.event_count,
         last_event_type = excluded.last_event_type
       RETURNING id`,
    );
    this.#upsertAgent = database.prepare(
      `INSERT INTO obs_agent VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (session, agent_id) DO UPDATE SET agent_type = coalesce(excluded.agent_type, agent_type),
         last_at = excluded.last_at, last_seq = excluded.last_seq,
         event_count = event_count + excluded.event_count, last_event_type = excluded.last_event_type`,
    );
    this.#insertEvent = database.prepare('INSERT INTO obs_event VALUES (?, ?, ?, ?)');
    this.#addCount = database.prepare(
      `INSERT INTO obs_count VALUES (?, ?, ?)
       ON CONFLICT (app, type) DO UPDATE SET events = events + excluded.events`,
    );
    this.#trimStatements = [
      `UPDATE obs_count SET events = obs_count.events - gone.events
       FROM (SELECT app, type, count(*) AS events FROM obs_event WHERE seq <= ? GROUP BY app, type) AS gone
       WHERE obs_count.app = gone.app AND obs_count.type = gone.type`,
      'DELETE FROM obs_event WHERE seq <= ?',
      'DELETE FROM obs_agent WHERE session IN (SELECT id FROM obs_session WHERE last_seq <= ?)',
      'DELETE FROM obs_session WHERE last_seq <= ?',
      'DELETE FROM obs_count WHERE events <= 0 AND ? > 0',
      'DELETE FROM obs_app WHERE id NOT IN (SELECT app FROM obs_count) AND ? > 0',
      'DELETE FROM obs_type WHERE id NOT IN (SELECT type FROM obs_count) AND ? > 0',
    ].map((sql) => database.prepare(sql));
  }

  apply(records: readonly LogRecord[]): void {
    const parsed: { seq: number; app: number; type: number; session: string | undefined }[] = [];
    const sessions = new Map<string, Activity>();
    const agents = new Map<string, Map<string, Activity>>();
    const counts = new Map<number, Map<number, number>>();
    // Ids are kept for this call only: when the transaction is rolled back, so are the names made here.
    const apps = new Map<string, number>();
    const types = new Map<string, number>();
    for (const record of records) {
      if (record.type !== RECORDED) continue;
      const event = JSON.parse(record.body) as EventInput;
      const app = this.#app.id(event.source_app, apps);
      const type = this.#type.id(event.event_type, types);
      parsed.push({ seq: record.seq, app, type, session: event.session_id });
      const ofApp = entry(counts, app, () => new Map<number, number>());
      ofApp.set(type, (ofApp.get(type) ?? 0) + 1);
      if (event.session_id === undefined) continue;
      note(sessions, event.session_id, record, event);
      if (event.agent_id === undefined) continue;
      note(
        entry(agents, event.session_id, () => new Map<string, Activity>()),
        event.agent_id,
        record,
        event,
      );
    }
    const ids = this.#writeSessions(sessions, agents);
    for (const { seq, app, type, session } of parsed) {
      this.#insertEvent.run(seq, app, type, session === undefined ? null : (ids.get(session) ?? null));
    }
    for (const [app, ofApp] of counts) for (const [type, events] of ofApp) this.#addCount.run(app, type, events);
  }

  trim(through: number): void {
    for (const statement of this.#trimStatements) statement.run(through);
  }

  /** One write per session and per agent, however many of their events are in the batch. */
  #writeSessions(
    sessions: ReadonlyMap<string, Activity>,
    agents: ReadonlyMap<string, ReadonlyMap<string, Activity>>,
  ): ReadonlyMap<string, number> {
    const ids = new Map<string, number>();
    for (const [name, { app, firstAt, last, events, type }] of sessions) {
      const row = this.#upsertSession.get<{ id: number }>(name, app, firstAt, last.at, last.seq, events, type);
      if (!row) throw new Error('an upsert of a session returned no row');
      ids.set(name, row.id);
      for (const [agentId, agent] of agents.get(name) ?? []) {
        const { agentType = null } = agent;
        this.#upsertAgent.run(row.id, agentId, agentType, agent.last.at, agent.last.seq, agent.events, agent.type);
      }
    }
    return ids;
  }
}

/** Numbers for names that repeat in every event. */
class Dictionary {
  readonly #find;
  readonly #insert;

  constructor(database: ProjectionDatabase, table: 'obs_app' | 'obs_type') {
    this.#find = database.prepare(`SELECT id FROM ${table} WHERE name = ?`);
    this.#insert = database.prepare(`INSERT INTO ${table} (name) VALUES (?) RETURNING id`);
  }

  id(name: string, known: Map<string, number>): number {
    return entry(known, name, () => {
      const row = this.#find.get<{ id: number }>(name) ?? this.#insert.get<{ id: number }>(name);
      if (!row) throw new Error('an insert of a name returned no row');
      return row.id;
    });
  }
}

function note(activities: Map<string, Activity>, key: string, last: LogRecord, event: EventInput): void {
  const known = activities.get(key);
  const { source_app: app, event_type: type } = event;
  if (known) {
    known.events += 1;
    known.last = last;
    known.app = app;
    known.type = type;
    known.agentType = event.agent_type ?? known.agentType;
  } else {
    activities.set(key, { events: 1, firstAt: last.at, last, app, type, agentType: event.agent_type });
  }
}

function entry<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
