import { createHash } from 'node:crypto';
import type { ChannelText } from 'irc-framework';
import { MESSAGE_LIMITS } from '../../events.ts';
import type { ConnectorMessage } from '../connector-message.ts';
import { plainText } from './plain-text.ts';

export interface LineContext {
  /** Id of the connector. */
  readonly connector: string;
  /** The channel's name as it is shown, or undefined for what is no channel of the connector. */
  readonly channelName: (target: string) => string | undefined;
  /** The connector's own nick. */
  readonly nick: string;
  /** Wall clock, in milliseconds since 1970. */
  readonly now: number;
}

const ACTION = '\u0001ACTION ';
/** The year 10000, from where ISO 8601 writes years in another way. */
const MAX_TIME = Date.UTC(10_000, 0, 1);

/**
 * The message that a line of a channel becomes; undefined for what isn't one: private messages, those for a channel's
 * operators only, the server's, the connector's own, and those without text. An action reads `* nick does something`.
 */
export function lineToMessage(
  line: ChannelText,
  kind: 'privmsg' | 'action',
  context: LineContext,
): ConnectorMessage | undefined {
  const channel = context.channelName(line.target);
  const isForAll = line.group === undefined && !line.from_server && line.nick !== context.nick;
  const user = cut(plainText(line.nick), MESSAGE_LIMITS.user);
  const text = textOf(line.message, kind, user);
  if (channel === undefined || !isForAll || user === '' || text === '') return undefined;
  const displayName = cut(plainText(line.tags['display-name'] ?? ''), MESSAGE_LIMITS.displayName);
  const id = line.tags.msgid || line.tags['draft/msgid'] || line.tags.id;
  return {
    user,
    channel,
    text: cut(text, MESSAGE_LIMITS.text),
    sent_at: new Date(sentAt(line, context.now)).toISOString(),
    ...(displayName === '' || displayName === user ? {} : { display_name: displayName }),
    ...(id ? { id: idOf(context.connector, id) } : {}),
    connector: context.connector,
  };
}

function textOf(message: string, kind: 'privmsg' | 'action', user: string): string {
  // A line cut at its 512th byte has lost the mark at the end of an action.
  const isCutAction = message.startsWith(ACTION);
  const text = plainText(isCutAction ? message.slice(ACTION.length) : message);
  return (kind === 'action' || isCutAction) && text !== '' ? `* ${user} ${text}` : text;
}

function sentAt({ time, tags }: ChannelText, now: number): number {
  const twitch = /^\d{1,15}$/.test(tags['tmi-sent-ts'] ?? '') ? Number(tags['tmi-sent-ts']) : undefined;
  const told = time ?? twitch ?? now;
  return told >= 0 && told < MAX_TIME ? Math.trunc(told) : now;
}

/** Ids of two servers may be equal, so the connector's stands before; one too long or too strange is known by its hash. */
function idOf(connector: string, id: string): string {
  const whole = `${connector}:${id}`;
  if (whole.length <= MESSAGE_LIMITS.id && /^[\x21-\x7e]+$/.test(id)) return whole;
  return `${connector}:${createHash('sha256').update(id).digest('hex')}`;
}

/** What the cut leaves of a character of two code units is replaced. */
function cut(text: string, max: number): string {
  return text.length <= max ? text : text.slice(0, max).toWellFormed();
}
