import { describe, expect, it } from 'vitest';
import type { Session } from '../events.ts';
import { foldSessions } from './session-fold.ts';
import { observed, START } from './testing/observed.ts';

const at = (second: number) => new Date(START + second * 1_000).toISOString();
const known: Session = {
  session_id: 'a',
  source_app: 'shop',
  first_at: at(0),
  last_at: at(5),
  event_count: 3,
  last_event_type: 'PreToolUse',
  agent_count: 0,
  agents: [],
};

describe('foldSessions', () => {
  it('counts a new event and brings its session to the top', () => {
    const other: Session = { ...known, session_id: 'b', last_at: at(9) };
    const folded = foldSessions(
      [other, known],
      [observed({ id: 8, second: 12, session_id: 'a', event_type: 'Stop' })],
      7,
    );
    expect(folded.map((session) => session.session_id)).toEqual(['a', 'b']);
    expect(folded[0]).toEqual({ ...known, last_at: at(12), event_count: 4, last_event_type: 'Stop' });
  });

  it('leaves events alone that the given sessions already count', () => {
    const sessions = [known];
    expect(foldSessions(sessions, [observed({ id: 7, session_id: 'a' }), observed({ id: 9 })], 7)).toBe(sessions);
  });

  it('opens a session with its first event', () => {
    const [session] = foldSessions([], [observed({ id: 1, second: 2, session_id: 'new' })], 0);
    expect(session).toMatchObject({ session_id: 'new', first_at: at(2), last_at: at(2), event_count: 1, agents: [] });
  });

  it('lists the sub-agents of a session, newest activity first, and remembers their type', () => {
    const events = [
      observed({ id: 8, second: 6, session_id: 'a', agent_id: 'x', agent_type: 'Explore' }),
      observed({ id: 9, second: 7, session_id: 'a', agent_id: 'y' }),
      observed({ id: 10, second: 8, session_id: 'a', agent_id: 'x', event_type: 'SubagentStop' }),
    ];
    expect(foldSessions([known], events, 7)[0]?.agents).toEqual([
      { agent_id: 'x', agent_type: 'Explore', last_at: at(8), event_count: 2, last_event_type: 'SubagentStop' },
      { agent_id: 'y', last_at: at(7), event_count: 1, last_event_type: 'PreToolUse' },
    ]);
  });
});
