import type { LiveMessage } from '../events.ts';

// What `liveMessageSchema` says, written out by hand: a row holds an hour of minutes, a thousand rows come at once, and zod
// takes longer for them than a frame lasts. A test holds the two together.

type Members = Readonly<Record<string, unknown>>;
type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string';
const isNumber: Check = (value) => Number.isFinite(value);
const isHistory: Check = (value) => value === 'keep' || value === 'delete';
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const nullable =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);

const isActivity: Check = (value) =>
  Array.isArray(value) &&
  value.every((each) => Array.isArray(each) && each.length === 2 && isNumber(each[0]) && isNumber(each[1]));

const isUserChannel: Check = (value) =>
  isObject(value) && nullable(isText)(value.channel) && isNumber(value.message_count);

const rowShape = { cursor: isText, as_of: isText };
const summaryShape = {
  message_count: isNumber,
  first_message_at: nullable(isText),
  last_message_at: nullable(isText),
  activity: isActivity,
  unavailable: optional(isHistory),
  ...rowShape,
};

/** The checks of each member, by the type of the message. */
const shapes: Readonly<Record<LiveMessage['type'], readonly (readonly [name: string, check: Check])[]>> = {
  message: Object.entries({
    id: isText,
    seq: isNumber,
    channel: nullable(isText),
    user: nullable(isText),
    display_name: optional(isText),
    text: isText,
    sent_at: isText,
    received_at: isText,
    connector: optional(isText),
    cursor: isText,
  }),
  metrics: Object.entries({
    total_messages: isNumber,
    total_channels: isNumber,
    total_users: isNumber,
    last_message_at: nullable(isText),
    ...rowShape,
  }),
  channel: Object.entries({ channel: isText, ...summaryShape }),
  user: Object.entries({
    user: isText,
    display_name: optional(isText),
    channels: optional((value) => Array.isArray(value) && value.every(isUserChannel)),
    ...summaryShape,
  }),
};

/** A message of `/live`, as it is; throws a TypeError that says what is wrong with anything else. */
export function readLiveMessage(value: unknown): LiveMessage {
  if (!isObject(value)) throw new TypeError('not an object');
  const { type } = value;
  if (!isKnown(type)) throw new TypeError('a message of unknown type');
  for (const [name, check] of shapes[type]) {
    if (!check(value[name])) throw new TypeError(`${name} of a ${type} is not what it must be`);
  }
  // The members are those of the type: each has been looked at.
  return value as LiveMessage;
}

function isKnown(type: unknown): type is LiveMessage['type'] {
  return type === 'message' || type === 'metrics' || type === 'channel' || type === 'user';
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
