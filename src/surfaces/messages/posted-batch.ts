import type { LogRecord } from '../../engine/log/log.ts';
import { parseMessageBody } from './message-body.ts';
import type { Added } from './owner-table.ts';

const MINUTE_MS = 60_000;

export interface PostedMessage {
  readonly seq: number;
  readonly channel: string;
  readonly user: string;
  readonly text: string;
  readonly sentAt: number;
  readonly id: string | undefined;
}

/** In which part of the log the messages of one minute are. */
interface Span {
  messages: number;
  readonly minSeq: number;
  maxSeq: number;
}

/** What messages that are committed together add to each row, so that a row is written once for all of them. */
export class PostedBatch {
  readonly messages: PostedMessage[] = [];
  readonly channels = new Map<string, Added>();
  readonly users = new Map<string, Added>();
  /** By the minute of sending. */
  readonly spans = new Map<number, Span>();
  newestMinute = 0;
  lastSeq = 0;

  add({ seq, at, body }: LogRecord): void {
    const { channel, user, text, sent_at, display_name, id } = parseMessageBody(body);
    const sentAt = Date.parse(sent_at);
    const minute = minuteOf(at);
    this.messages.push({ seq, channel, user, text, sentAt, id });
    note(this.channels, channel, { seq, sentAt, minute, displayName: undefined });
    note(this.users, user, { seq, sentAt, minute, displayName: display_name });
    const span = this.spans.get(minuteOf(sentAt));
    if (span) {
      span.messages += 1;
      span.maxSeq = seq;
    } else {
      this.spans.set(minuteOf(sentAt), { messages: 1, minSeq: seq, maxSeq: seq });
    }
    this.newestMinute = Math.max(this.newestMinute, minute);
    this.lastSeq = seq;
  }
}

/** Minutes since 1970. */
export function minuteOf(ms: number): number {
  return Math.floor(ms / MINUTE_MS);
}

interface Seen {
  readonly seq: number;
  readonly sentAt: number;
  readonly minute: number;
  readonly displayName: string | undefined;
}

function note(owners: Map<string, Added>, name: string, { seq, sentAt, minute, displayName }: Seen): void {
  const known = owners.get(name);
  if (!known) {
    const minutes = new Map([[minute, 1]]);
    owners.set(name, {
      messages: 1,
      firstSeq: seq,
      firstSentAt: sentAt,
      lastSeq: seq,
      lastSentAt: sentAt,
      displayName,
      minutes,
    });
    return;
  }
  known.messages += 1;
  known.lastSeq = seq;
  known.lastSentAt = sentAt;
  known.displayName = displayName ?? known.displayName;
  known.minutes.set(minute, (known.minutes.get(minute) ?? 0) + 1);
}
