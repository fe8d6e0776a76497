import fc from 'fast-check';
import { TRANSPORTS } from '../support/raw-feed.ts';
import type { Command } from './command.ts';
import { FEED_NAMES } from './feeds.ts';
import { type Beginning, drop, readPart, subscribe, switchTransport } from './follow-commands.ts';
import { backUp, restart, restore, trim } from './life-commands.ts';
import { publishAtOnce, publishEvents, publishMessages } from './publish-commands.ts';
import { MOST_REFUSALS } from './world.ts';

/** Fewer than publishes, so that they meet. */
const KEYS = 3;
const FOLLOWERS = 4;
const MOST = 100;

const keyed = fc.record({ key: fc.nat(KEYS - 1), body: fc.nat(1) });
const maybeKeyed = fc.option(keyed, { nil: undefined });
const follower = fc.nat(FOLLOWERS - 1);
const transport = fc.constantFrom(...TRANSPORTS);
const signal = fc.constantFrom('SIGKILL' as const, 'SIGTERM' as const);
const message = fc.record({ channel: fc.constantFrom('red' as const, 'blue' as const), id: maybeKeyed });
const requests = fc.array(keyed, { minLength: 2, maxLength: MOST_REFUSALS });
const beginning: fc.Arbitrary<Beginning> = fc.oneof(
  fc.constantFrom({ at: 'earliest' } as const, { at: 'latest' } as const, { at: 'former log' } as const),
  fc.record({
    at: fc.constantFrom('position' as const, 'position' as const, 'other tag' as const),
    share: fc.nat(100),
  }),
  fc.record({ at: fc.constant('position' as const), share: fc.nat(100) }),
  fc.record({ at: fc.constant('beyond' as const), by: fc.integer({ min: 1, max: 3 }) }),
);

const event = maybeKeyed.map((one) => publishEvents({ keyed: one, size: undefined }));
/** A key of a batch stands for one size, so that the same batch comes again; some keys are those of single events too. */
const batch = fc
  .record({ keyed: maybeKeyed, size: fc.integer({ min: 1, max: 12 }) })
  .map(({ keyed: one, size }) =>
    publishEvents(one ? { keyed: { ...one, key: one.key + 2 }, size: one.key + 2 } : { keyed: one, size }),
  );
const messages = fc.array(message, { minLength: 1, maxLength: 4 }).map((some) => publishMessages(some));
const subscription = fc
  .record({ follower, feed: fc.constantFrom(...FEED_NAMES), transport, beginning })
  .map((one) => subscribe(one));
const dropping = follower.map((id) => drop(id));
const switching = fc.tuple(follower, transport).map(([id, to]) => switchTransport(id, to));
const partly = fc
  .tuple(follower, transport, fc.integer({ min: 1, max: 5 }))
  .map(([id, by, events]) => readPart(id, by, events));
const restarting = signal.map((one) => restart(one));
const trimming = fc.tuple(fc.integer({ min: 1, max: 8 }), signal).map(([keep, one]) => trim(keep, one));
const restoring = fc.tuple(fc.nat(3), signal).map(([which, one]) => restore(which, one));
const atOnce = (isKilled: boolean) => requests.map((some) => publishAtOnce(some, isKilled));
/** Starting a server takes as long as a hundred requests: fewer of these. */
const ending = fc.oneof(restarting, trimming, trimming, restoring, atOnce(true));

/** Any commands in any order. */
export const anyCommands = fc.noBias(
  fc.commands(
    [
      ...[event, event, batch, batch, batch, messages, messages, atOnce(false)],
      ...[subscription, subscription, subscription, dropping, dropping, switching, switching, switching],
      ...[partly, partly, partly, fc.constant(null).map(() => backUp()), ending, ending],
    ],
    { maxCommands: MOST, size: 'max' },
  ),
);

const follow = (id: number, feed: (typeof FEED_NAMES)[number], by: (typeof TRANSPORTS)[number], from: Beginning) =>
  subscribe({ follower: id, feed, transport: by, beginning: from });

/** Every kind of command and of answer once, whatever chance brings besides. */
export function tour(): Command[] {
  const same = { key: 0, body: 0 };
  const other = { key: 0, body: 1 };
  const red = { channel: 'red', id: same } as const;
  return [
    follow(0, 'events', 'websocket-v1', { at: 'latest' }),
    ...[same, same, other].map((one) => publishEvents({ keyed: one, size: undefined })),
    ...[{ key: 1, body: 0 }, { key: 1, body: 0 }, { key: 1, body: 1 }, undefined].map((one) =>
      publishEvents({ keyed: one, size: 5 }),
    ),
    publishMessages([red, { channel: 'blue', id: undefined }]),
    publishMessages([red, { channel: 'red', id: { key: 1, body: 0 } }]),
    publishMessages([{ channel: 'red', id: other }]),
    follow(1, 'messages', 'sse', { at: 'earliest' }),
    follow(2, 'red', 'poll', { at: 'position', share: 20 }),
    follow(3, 'blue', 'websocket', { at: 'earliest' }),
    publishAtOnce([{ key: 2, body: 0 }, { key: 2, body: 1 }, { key: 2, body: 0 }, same], false),
    drop(0),
    publishEvents({ keyed: undefined, size: 6 }),
    readPart(0, 'sse', 3),
    switchTransport(0, 'poll'),
    backUp(),
    publishEvents({ keyed: undefined, size: undefined }),
    drop(1),
    trim(4, 'SIGKILL'),
    switchTransport(0, 'websocket'),
    follow(1, 'messages', 'websocket-v1', { at: 'position', share: 10 }),
    follow(2, 'events', 'poll', { at: 'beyond', by: 2 }),
    follow(3, 'events', 'sse', { at: 'other tag', share: 95 }),
    publishAtOnce(
      Array.from({ length: MOST_REFUSALS }, (_, key) => ({ key: key + 10, body: 0 })),
      true,
    ),
    restart('SIGTERM'),
    restart('SIGKILL'),
    restore(0, 'SIGTERM'),
    follow(3, 'messages', 'sse', { at: 'former log' }),
    publishMessages([red, { channel: 'blue', id: { key: 2, body: 0 } }]),
  ];
}
