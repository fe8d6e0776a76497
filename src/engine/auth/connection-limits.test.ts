import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MillraceError } from '../../protocol/errors.ts';
import { ConnectionLimits, type Counted } from './connection-limits.ts';

interface Peer extends Counted {
  readonly name: number;
}

/** Connections that end as real ones do, and a list of who was sent away. */
function peers(limits: ConnectionLimits) {
  const sentAway: number[] = [];
  let made = 0;
  return {
    sentAway,
    make(user: string, project?: string, connectionId?: string): Peer {
      const name = made++;
      const peer: Peer = {
        name,
        user,
        project,
        connectionId,
        supersede() {
          sentAway.push(name);
          limits.leave(peer);
        },
      };
      return peer;
    },
  };
}

describe('connections of a user', () => {
  test('the sixth sends the oldest away, and no other', () => {
    const limits = new ConnectionLimits();
    const { make, sentAway } = peers(limits);
    for (let index = 0; index < 7; index++) limits.enter(make('ada'));
    expect(sentAway).toEqual([0, 1]);
    expect(limits.openOf('ada')).toBe(5);
  });

  test('one of the same name takes the place of its predecessor, even where there is room or none', () => {
    const limits = new ConnectionLimits({ perUser: 2 });
    const { make, sentAway } = peers(limits);
    limits.enter(make('ada', undefined, 'tab 1'));
    limits.enter(make('ada', undefined, 'tab 2'));
    limits.enter(make('ada', undefined, 'tab 2'));
    expect(sentAway).toEqual([1]);
    limits.enter(make('eve', undefined, 'tab 1'));
    expect(sentAway).toEqual([1]);
  });

  test('one that leaves twice is counted out once', () => {
    const limits = new ConnectionLimits();
    const { make } = peers(limits);
    const first = make('ada', 'p1');
    limits.enter(first);
    limits.enter(make('ada', 'p1'));
    limits.leave(first);
    limits.leave(first);
    expect([limits.openOf('ada'), limits.openIn('p1')]).toEqual([1, 1]);
  });
});

describe('connections of a project', () => {
  test('one too many is refused, with a time to come back, and nobody is sent away for it', () => {
    const limits = new ConnectionLimits({ perUser: 1, perProject: 2 });
    const { make, sentAway } = peers(limits);
    limits.enter(make('ada', 'p1'));
    limits.enter(make('bob', 'p1'));
    limits.enter(make('eve', 'p2'));
    expect(() => limits.enter(make('eve', 'p1'))).toThrow(
      expect.objectContaining({ code: 'project_full', retryAfterS: 5 }),
    );
    expect(sentAway).toEqual([]);
    expect(limits.openIn('p1')).toBe(2);
  });

  test('one whose own predecessor is in the full project takes its place', () => {
    const limits = new ConnectionLimits({ perUser: 1, perProject: 2 });
    const { make, sentAway } = peers(limits);
    limits.enter(make('ada', 'p1'));
    limits.enter(make('bob', 'p1'));
    limits.enter(make('ada', 'p1'));
    expect(sentAway).toEqual([0]);
    expect(limits.openIn('p1')).toBe(2);
  });
});

test('whoever comes and goes, the counts are those of a list, and no limit is passed', () => {
  const users = ['ada', 'bob', 'eve'];
  const projects = [undefined, 'p1', 'p2'];
  const step = fc.oneof(
    fc.record({
      user: fc.constantFrom(...users),
      project: fc.constantFrom(...projects),
      id: fc.constantFrom(undefined, 'a', 'b'),
    }),
    fc.nat(30),
  );
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 120 }),
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 6 }),
      (steps, perUser, perProject) => {
        const limits = new ConnectionLimits({ perUser, perProject });
        const { make, sentAway } = peers(limits);
        let open: Peer[] = [];
        for (const one of steps) {
          if (typeof one === 'number') {
            const [leaving] = open.splice(one, 1);
            if (leaving) limits.leave(leaving);
          } else {
            const peer = make(one.user, one.project, one.id);
            const own = open.filter(({ user }) => user === one.user);
            const twin = own.find(({ connectionId }) => one.id !== undefined && connectionId === one.id);
            const others = own.filter((other) => other !== twin);
            const leaving = [...(twin ? [twin] : []), ...others.slice(0, Math.max(0, others.length + 1 - perUser))];
            const staying = open.filter((other) => !leaving.includes(other));
            const isFull =
              one.project !== undefined &&
              staying.filter(({ project }) => project === one.project).length >= perProject;
            const before = sentAway.length;
            let error: unknown;
            try {
              limits.enter(peer);
            } catch (cause) {
              error = cause;
            }
            expect(error instanceof MillraceError).toBe(isFull);
            expect(sentAway.slice(before)).toEqual(isFull ? [] : leaving.map(({ name }) => name));
            if (!isFull) open = [...staying, peer];
          }
          for (const user of users) {
            expect(limits.openOf(user)).toBe(open.filter((peer) => peer.user === user).length);
            expect(limits.openOf(user)).toBeLessThanOrEqual(perUser);
          }
          for (const project of ['p1', 'p2']) {
            expect(limits.openIn(project)).toBe(open.filter((peer) => peer.project === project).length);
            expect(limits.openIn(project)).toBeLessThanOrEqual(perProject);
          }
        }
      },
    ),
  );
});
