import type { EventMessage, FeedPage, HeartbeatFrame, ResetReason, ServerFrame } from './frames.ts';

// What `frames.ts` says in zod, written out by hand: zod is half of what the client may weigh. A test holds the two together.

type Members = Readonly<Record<string, unknown>>;

const RESET_REASONS: readonly ResetReason[] = ['cursor_expired', 'cursor_future', 'epoch_changed'];

/** A frame of `millrace.v1`; throws a TypeError that says what is wrong with anything else. */
export function readFrame(value: unknown): ServerFrame {
  const members = objectOf(value);
  const { type } = members;
  switch (type) {
    case 'hello':
      return {
        type,
        cursor: text(members, 'cursor'),
        feed: text(members, 'feed'),
        heartbeatMs: number(members, 'heartbeatMs'),
      };
    case 'heartbeat':
      return heartbeat(members);
    case 'reset':
      return { type, reason: resetReason(members), cursor: text(members, 'cursor') };
    case 'batch':
      return { type, from: text(members, 'from'), to: text(members, 'to'), events: eventsOf(members) };
    case 'pong':
      return { type, timestamp: text(members, 'timestamp') };
    default:
      throw new TypeError('a frame of unknown type');
  }
}

/** One event of a feed; throws a TypeError for anything else. */
export function readEventMessage(value: unknown): EventMessage {
  const members = objectOf(value);
  return { ...members, type: text(members, 'type'), cursor: text(members, 'cursor') };
}

/**
 * Whether a message is a row: the newest value of something, as of a position, which replaces what was known of it. It is
 * no event of the log, so a row at or before the client's cursor is no repeat (PROTOCOL.md R22).
 */
export function isRow(message: EventMessage): message is EventMessage & { readonly as_of: string } {
  return typeof message.as_of === 'string';
}

/** A page of the JSON transport; throws a TypeError for anything else. */
export function readPage(value: unknown): FeedPage {
  const members = objectOf(value);
  const { upToDate } = members;
  if (typeof upToDate !== 'boolean') throw new TypeError('upToDate is no boolean');
  return {
    events: eventsOf(members),
    from: text(members, 'from'),
    cursor: text(members, 'cursor'),
    upToDate,
    ...(members.heartbeat === undefined ? {} : { heartbeat: heartbeat(objectOf(members.heartbeat)) }),
  };
}

function heartbeat(members: Members): HeartbeatFrame {
  if (members.type !== 'heartbeat') throw new TypeError('no heartbeat');
  return { ...members, type: members.type, cursor: text(members, 'cursor'), at: text(members, 'at') };
}

function objectOf(value: unknown): Members {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new TypeError('not an object');
  return value as Members;
}

function text(members: Members, name: string): string {
  const value = members[name];
  if (typeof value !== 'string') throw new TypeError(`${name} is no text`);
  return value;
}

function number(members: Members, name: string): number {
  const value = members[name];
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new TypeError(`${name} is no number`);
  return value;
}

function resetReason({ reason }: Members): ResetReason {
  const known = RESET_REASONS.find((one) => one === reason);
  if (!known) throw new TypeError('a reset for an unknown reason');
  return known;
}

function eventsOf({ events }: Members): EventMessage[] {
  if (!Array.isArray(events)) throw new TypeError('events is no list');
  return events.map(readEventMessage);
}
