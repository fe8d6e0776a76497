import { CaseFailure } from '../verdict.ts';

/** One message of a feed; the other members depend on the feed. */
export interface FeedMessage {
  readonly type: string;
  readonly cursor: string;
  readonly [member: string]: unknown;
}

/** Messages that belong to a connection, not to what the feed shows. */
const CONTROL: ReadonlySet<string> = new Set(['hello', 'heartbeat', 'reset', 'pong', 'close']);

export function isEvent({ type }: FeedMessage): boolean {
  return !CONTROL.has(type);
}

/** One text frame or `data:` line as messages; a batch is the events in it. */
export function messagesIn(text: string): readonly FeedMessage[] {
  const value = parsed(text);
  if (Array.isArray(value)) return value as FeedMessage[];
  const message = value as FeedMessage & { readonly events?: readonly FeedMessage[] };
  return message.type === 'batch' ? (message.events ?? []) : [message];
}

/** The JSON of a message; what isn't any fails the case. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new CaseFailure(`a message is not JSON: ${text.slice(0, 200)}`);
  }
}
