import { formatCursor, GENESIS_TAG, parseCursor } from '../../src/protocol/cursor.ts';
import type { ResetReason } from '../../src/protocol/frames.ts';
import { FEEDS, type FeedName } from './feeds.ts';

export type Channel = 'red' | 'blue';

/** One event of the log: of observability, or a message of a channel. */
export interface ModelEvent {
  readonly text: string;
  /** Undefined for an event of observability. */
  readonly channel: Channel | undefined;
}

/** What was stored for a key. */
export interface Keyed {
  /** The body that the key stands for. */
  readonly body: string;
  readonly first: number;
  readonly last: number;
}

/** What a backup holds. */
export interface ModelBackup {
  readonly file: string;
  readonly events: readonly ModelEvent[];
  readonly tags: readonly string[];
  readonly trimmed: number;
  readonly keys: ReadonlyMap<string, Keyed>;
}

/** A client as the model sees it: where it stands, and, while it is connected, what its connection began with. */
export interface ModelFollower {
  readonly feed: FeedName;
  /** What it comes back with. Of a connected one: what it came with. */
  cursor: string;
  connection: { readonly resets: readonly string[]; readonly after: number } | undefined;
}

type Resolved =
  | { readonly kind: 'resume'; readonly seq: number }
  | { readonly kind: 'reset'; readonly reason: ResetReason };

/** What the server must hold and answer: a list of events, the position that retention has reached, and an epoch. */
export class LogModel {
  epoch: string;
  /** Number 1 comes first. Those that retention has removed stay here. */
  readonly events: ModelEvent[] = [];
  /** Of the events, as far as the server has shown them: what it has shown once must stay so. */
  readonly tags: string[] = [];
  trimmed = 0;
  readonly keys = new Map<string, Keyed>();
  readonly backups: ModelBackup[] = [];
  readonly followers = new Map<number, ModelFollower>();
  /** A cursor of each log that was replaced. */
  readonly formerCursors: string[] = [];

  constructor(epoch: string) {
    this.epoch = epoch;
  }

  get head(): number {
    return this.events.length;
  }

  /** Events that are kept. */
  get kept(): readonly ModelEvent[] {
    return this.events.slice(this.trimmed);
  }

  cursorOf(seq: number): string {
    return formatCursor({ epoch: this.epoch, seq, tag: seq === 0 ? GENESIS_TAG : (this.tags[seq - 1] ?? 'unknown') });
  }

  append(events: readonly ModelEvent[], key?: { readonly name: string; readonly body: string }): void {
    const first = this.head + 1;
    this.events.push(...events);
    if (key) this.keys.set(key.name, { body: key.body, first, last: this.head });
  }

  /** Takes down the tag of the next event that has none. */
  learn(cursor: string): void {
    const seq = this.tags.length + 1;
    const { epoch, seq: shown, tag } = parseCursor(cursor) ?? { epoch: '', seq: 0, tag: '' };
    if (epoch !== this.epoch || shown !== seq) throw new Error(`the cursor ${cursor} is not of event ${seq}`);
    this.tags.push(tag);
  }

  /** Retention leaves the newest events, and forgets the keys of those that go. */
  trim(keep: number): void {
    this.trimmed = Math.max(this.trimmed, this.head - keep);
    for (const [name, { last }] of this.keys) if (last <= this.trimmed) this.keys.delete(name);
  }

  backUp(file: string): void {
    const { events, tags, trimmed, keys } = this;
    this.backups.push({ file, events: [...events], tags: [...tags], trimmed, keys: new Map(keys) });
  }

  restore({ events, tags, trimmed, keys }: ModelBackup, epoch: string): void {
    this.formerCursors.push(this.cursorOf(this.head));
    this.epoch = epoch;
    this.events.splice(0, Number.POSITIVE_INFINITY, ...events);
    this.tags.splice(0, Number.POSITIVE_INFINITY, ...tags);
    this.trimmed = trimmed;
    this.keys.clear();
    for (const [name, keyed] of keys) this.keys.set(name, keyed);
  }

  /** PROTOCOL.md R3. */
  resolve(text: string): Resolved {
    if (text === 'latest') return { kind: 'resume', seq: this.head };
    if (text === 'earliest') return { kind: 'resume', seq: this.trimmed };
    const { epoch, seq, tag } = parseCursor(text) ?? { epoch: '', seq: 0, tag: '' };
    if (epoch !== this.epoch) return { kind: 'reset', reason: 'epoch_changed' };
    if (seq < this.trimmed) return { kind: 'reset', reason: 'cursor_expired' };
    if (seq > this.head) return { kind: 'reset', reason: 'cursor_future' };
    const known = seq === 0 ? GENESIS_TAG : this.tags[seq - 1];
    return tag === known ? { kind: 'resume', seq } : { kind: 'reset', reason: 'epoch_changed' };
  }

  /** The follower connects, and stays so. */
  connect(follower: ModelFollower): Resolved {
    const resolved = this.resolve(follower.cursor);
    follower.connection =
      resolved.kind === 'resume'
        ? { resets: [], after: resolved.seq }
        : { resets: [`reset ${resolved.reason} ${this.cursorOf(this.head)}`], after: this.head };
    return resolved;
  }

  /** All that a connected follower must have been shown by now. */
  shownTo({ feed, connection }: ModelFollower): string[] {
    if (!connection) return [];
    const { resets, after } = connection;
    return [...resets, ...this.shown(feed, after)];
  }

  /**
   * All that it must have been shown if it stands at `position`: what lies before that, and nothing else. Throws when nobody
   * can stand there.
   */
  shownUpTo({ feed, cursor, connection }: ModelFollower, position: string): string[] {
    const { resets, after } = connection ?? { resets: [], after: 0 };
    // A client that was told nothing stands where it stood, be it at a word.
    if (position === cursor && resets.length === 0) return [];
    const reached = this.resolve(position);
    if (reached.kind === 'reset' || reached.seq < after) throw new Error(`nobody can stand at ${position}`);
    return [...resets, ...this.shown(feed, after, reached.seq)];
  }

  /** What a feed shows of the events between two positions. */
  shown(feed: FeedName, after: number, upTo = this.head): string[] {
    return this.events.flatMap((event, index) =>
      index >= after && index < upTo && FEEDS[feed].shows(event) ? [`${this.cursorOf(index + 1)} ${event.text}`] : [],
    );
  }

  /** Whether a feed can be opened: one of a channel needs a message in it. */
  canOpen(feed: FeedName): boolean {
    const { channel } = FEEDS[feed];
    return channel === undefined || this.kept.some((event) => event.channel === channel);
  }
}
