import { type Cursor, formatCursor } from '../../protocol/cursor.ts';
import { MillraceError } from '../../protocol/errors.ts';
import type { Batch } from '../batch.ts';
import type { FeedDefinition, FeedView } from '../feed.ts';
import type { FeedRead } from '../feed-source.ts';
import type { Resolution } from '../log/log.ts';
import type { FeedContext } from './feed-context.ts';

export interface PollOptions {
  readonly context: FeedContext;
  readonly feed: FeedDefinition;
  readonly view: FeedView;
  readonly start: Resolution;
  /** How long an empty answer is held back for the first event. */
  readonly waitMs: number;
  /** Ends the wait; the answer is then the page as it stands. */
  readonly signal: AbortSignal;
}

/** One page of a feed; with `waitMs` a long poll. Throws the reset reason as an error (410). */
export async function pollFeed({ context, feed, view, start, waitMs, signal }: PollOptions): Promise<Response> {
  const { sources, metrics, hub } = context;
  if (start.kind === 'reset') throw resetError(context, start.reason, start.head);
  const source = sources.acquire(feed.name, view);
  metrics.readers.inc({ feed: feed.name, transport: 'poll' });
  const deadline = new Deadline(waitMs, context, signal);
  let position = start.cursor;
  try {
    for (;;) {
      const news = new News(hub);
      try {
        const found: FeedRead = await source.read(position);
        if (found === 'expired') throw resetError(context, 'cursor_expired', context.log.head());
        if (found && found.events.length > 0) return page(context, start.cursor, found);
        position = found?.to ?? position;
        if (found) continue;
        if (deadline.isOver || !(await deadline.race(news.arrived))) return emptyPage(context, start.cursor, position);
      } finally {
        news.cancel();
      }
    }
  } finally {
    deadline.cancel();
    sources.release(feed.name, view);
    metrics.readers.dec({ feed: feed.name, transport: 'poll' });
  }
}

/** A promise of the hub's next wake-up, registered before anything is read. */
class News {
  readonly arrived: Promise<void>;
  readonly cancel: () => void;

  constructor(hub: FeedContext['hub']) {
    let wake = () => {};
    this.arrived = new Promise((resolve) => {
      wake = resolve;
    });
    const waiter = { wake };
    hub.wait(waiter);
    this.cancel = () => hub.cancel(waiter);
  }
}

class Deadline {
  readonly #over: Promise<void>;
  readonly cancel: () => void;
  isOver = false;

  constructor(waitMs: number, { clock }: FeedContext, signal: AbortSignal) {
    let finish = () => {};
    this.#over = new Promise((resolve) => {
      finish = () => {
        this.isOver = true;
        resolve();
      };
    });
    if (waitMs === 0 || signal.aborted) finish();
    const cancelTimer = clock.schedule(waitMs, finish);
    signal.addEventListener('abort', finish, { once: true });
    this.cancel = () => {
      cancelTimer();
      signal.removeEventListener('abort', finish);
    };
  }

  /** True when `event` came first. */
  async race(event: Promise<void>): Promise<boolean> {
    return Promise.race([event.then(() => true), this.#over.then(() => false)]);
  }
}

function page({ log, metrics }: FeedContext, from: Cursor, batch: Batch): Response {
  const isUpToDate = batch.to.seq >= log.head().seq;
  const text = pageText(from, batch.to, batch.events.map((event) => event.text).join(','), isUpToDate);
  metrics.bytesOut.inc({ transport: 'poll' }, text.length);
  return respond(text);
}

function emptyPage({ log }: FeedContext, from: Cursor, to: Cursor): Response {
  return respond(pageText(from, to, '', to.seq >= log.head().seq));
}

function pageText(from: Cursor, to: Cursor, events: string, isUpToDate: boolean): string {
  const [fromText, cursor] = [formatCursor(from), formatCursor(to)];
  return `{"events":[${events}],"from":"${fromText}","cursor":"${cursor}","upToDate":${isUpToDate}}`;
}

function respond(text: string): Response {
  return new Response(text, { headers: { 'content-type': 'application/json', 'cache-control': 'no-store' } });
}

function resetError({ metrics }: FeedContext, reason: (Resolution & { kind: 'reset' })['reason'], head: Cursor) {
  metrics.countReset(reason);
  const message = 'this cursor cannot be resumed: fetch the snapshot again and go on from its cursor';
  return new MillraceError(reason, message, { details: { cursor: formatCursor(head) } });
}
