import { createHash } from 'node:crypto';
import type { LogRecord, NewEvent } from '../../engine/log/log.ts';
import { MESSAGES_CHANNEL, OWN_ID_PREFIX, POSTED } from './events.ts';

/** What the log's record of a message says; the log gives its position and the time of its commit. */
export interface NewMessage {
  readonly user: string;
  readonly channel: string;
  readonly text: string;
  /** ISO 8601 in UTC. */
  readonly sent_at: string;
  readonly display_name?: string | undefined;
  /** As the sender gave it. */
  readonly id?: string | undefined;
  readonly connector?: string | undefined;
}

/** A message as its sender gave it. */
export type GivenMessage = Omit<NewMessage, 'sent_at'> & { readonly sent_at?: string | undefined };

/**
 * The event of a message. A message with an id is stored once: `given`, which has no generated time, decides whether
 * another one with the same id is the same message.
 */
export function toLogEvent(message: NewMessage, given: GivenMessage = message): NewEvent {
  const event = { type: POSTED, channel: MESSAGES_CHANNEL, body: bodyText(message) };
  if (message.id === undefined) return event;
  const digest = createHash('sha256').update(bodyText(given)).digest('hex');
  return { ...event, idempotency: { key: `messages ${message.id}`, digest } };
}

export function parseMessageBody(body: string): NewMessage {
  return JSON.parse(body) as NewMessage;
}

/** The members of a stored message as JSON text without the braces, made from the stored text without parsing it. */
export function messageMembers({ seq, at, body }: Pick<LogRecord, 'seq' | 'at' | 'body'>): string {
  const id = hasOwnId(body) ? '' : `"id":"${OWN_ID_PREFIX}${seq}",`;
  return `"seq":${seq},${id}${body.slice(1, -1)},"received_at":"${new Date(at).toISOString()}"`;
}

/** The id under which a stored message is shown. */
export function shownId({ seq, body }: Pick<LogRecord, 'seq' | 'body'>): string {
  return (hasOwnId(body) ? parseMessageBody(body).id : undefined) ?? `${OWN_ID_PREFIX}${seq}`;
}

/** The body without the name of a channel or a user that was deleted. */
export function withoutNames(body: string, gone: { readonly channel: boolean; readonly user: boolean }): string {
  if (!gone.channel && !gone.user) return body;
  const message = parseMessageBody(body);
  const { display_name: _, ...unnamed } = message;
  return JSON.stringify({
    ...(gone.user ? { ...unnamed, user: null } : message),
    ...(gone.channel ? { channel: null } : {}),
  });
}

/** Whether stored bodies are of this user, by their beginning. */
export function userFilter(user: string): (body: string) => boolean {
  const beginning = `{"user":${JSON.stringify(user)},`;
  return (body) => body.startsWith(beginning);
}

/** Whether stored bodies are of this channel, which follows the user. */
export function channelFilter(channel: string): (body: string) => boolean {
  const member = `${CHANNEL_MEMBER}${JSON.stringify(channel)},`;
  return (body) => body.startsWith(member, body.indexOf(CHANNEL_MEMBER));
}

// Within a JSON string every quote follows a backslash, so these can't stand in a name or a text.
const CHANNEL_MEMBER = ',"channel":';
const ID_MEMBER = ',"id":"';

function hasOwnId(body: string): boolean {
  return body.includes(ID_MEMBER);
}

/** The order of the members is what the filters above rely on. */
function bodyText({ user, channel, text, sent_at, display_name, id, connector }: GivenMessage): string {
  return JSON.stringify({ user, channel, text, sent_at, display_name, id, connector });
}
