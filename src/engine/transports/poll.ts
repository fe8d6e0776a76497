import { type Cursor, formatCursor } from '../../protocol/cursor.ts';
import { MillraceError } from '../../protocol/errors.ts';
import { Batch, type EncodedEvent } from '../batch.ts';
import type { FeedDefinition, FeedView } from '../feed.ts';
import type { FeedRead } from '../feed-source.ts';
import { heartbeatText } from '../heartbeat.ts';
import type { Resolution } from '../log/log.ts';
import { RowBatch } from '../row-batch.ts';
import { RowSource } from '../row-source.ts';
import type { ViewSource } from '../view-sources.ts';
import type { FeedContext } from './feed-context.ts';
import { EXPIRED, type FeedSession } from './feed-session.ts';

export interface PollOptions {
  readonly context: FeedContext;
  readonly feed: FeedDefinition;
  readonly view: FeedView;
  readonly start: Resolution;
  /** On whose authority it waits, where that matters. */
  readonly session: FeedSession | undefined;
  /** How long an empty answer is held back for the first event. */
  readonly waitMs: number;
  /** Ends the wait; the answer is then the page as it stands. */
  readonly signal: AbortSignal;
}

/** One page of a feed; with `waitMs` a long poll. Throws the reset reason as an error (410). */
export async function pollFeed({
  context,
  feed,
  view,
  start,
  session,
  waitMs,
  signal,
}: PollOptions): Promise<Response> {
  const { sources, metrics, hub } = context;
  if (start.kind === 'reset') throw resetError(context, start.reason, start.head);
  const source = sources.acquire(feed.name, view);
  metrics.readers.inc({ feed: feed.name, transport: 'poll' });
  const deadline = new Deadline(waitMs, context, signal);
  const guard = session && { sweep: () => session.isOver() && deadline.finish() };
  if (guard) context.sweeper.add(guard);
  let position = start.cursor;
  let rowPosition = start.cursor;
  try {
    for (;;) {
      const news = new News(hub);
      try {
        const found = await readPage(source, position);
        if (found === 'expired') throw resetError(context, 'cursor_expired', context.log.head());
        position = found?.to ?? position;
        const isSeen = found !== undefined && found.events.length > 0;
        if (found && !isSeen && position.seq < context.log.head().seq) continue;
        if (!isSeen && !deadline.isOver) {
          // A client that waits is also told of a change of rows that no event of the feed goes with.
          const rows = source.kind === 'events' ? await source.rows?.read(rowPosition) : undefined;
          if (rows instanceof Batch) rowPosition = rows.to;
          const haveRowsChanged = rows instanceof Batch && rows.events.length > 0;
          if (!haveRowsChanged && (await deadline.race(news.arrived))) continue;
        }
        if (session?.isOver()) throw new MillraceError('unauthorized', EXPIRED);
        const events = isSeen ? found.events : [];
        return page(context, {
          from: start.cursor,
          to: position,
          events: [...events, ...(await rowsBeside(source, position))],
          heartbeat: source.members && heartbeatText(position, context.clock.now(), source.members),
        });
      } finally {
        news.cancel();
      }
    }
  } finally {
    deadline.cancel();
    if (guard) context.sweeper.delete(guard);
    sources.release(feed.name, view);
    metrics.readers.dec({ feed: feed.name, transport: 'poll' });
  }
}

async function readPage(source: ViewSource, from: Cursor): Promise<FeedRead> {
  return source.kind === 'events' ? source.events.read(from) : source.rows.readNow(from);
}

/**
 * All rows that go beside the events of a page. All, because a stream that this client was on may have moved its cursor
 * past the change of a row it had yet to send.
 */
async function rowsBeside(source: ViewSource, position: Cursor): Promise<readonly EncodedEvent[]> {
  if (source.kind === 'rows' || !source.rows) return [];
  const found = await source.rows.readNow(RowSource.beginning(position.epoch));
  return found instanceof RowBatch ? found.beside(position).events : [];
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
  /** Brings it about now. */
  readonly finish: () => void;
  isOver = false;

  constructor(waitMs: number, { clock }: FeedContext, signal: AbortSignal) {
    let finish = () => {};
    this.#over = new Promise((resolve) => {
      finish = () => {
        this.isOver = true;
        resolve();
      };
    });
    this.finish = finish;
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

interface Page {
  readonly from: Cursor;
  readonly to: Cursor;
  readonly events: readonly EncodedEvent[];
  /** Of a view that measures something. */
  readonly heartbeat: string | undefined;
}

function page({ log, metrics }: FeedContext, { from, to, events, heartbeat }: Page): Response {
  const [fromText, cursor] = [formatCursor(from), formatCursor(to)];
  const texts = events.map((event) => event.text).join(',');
  const isUpToDate = to.seq >= log.head().seq;
  const last = heartbeat === undefined ? '' : `,"heartbeat":${heartbeat}`;
  const text = `{"events":[${texts}],"from":"${fromText}","cursor":"${cursor}","upToDate":${isUpToDate}${last}}`;
  metrics.bytesOut.inc({ transport: 'poll' }, text.length);
  return respond(text);
}

function respond(text: string): Response {
  return new Response(text, { headers: { 'content-type': 'application/json', 'cache-control': 'no-store' } });
}

function resetError({ metrics }: FeedContext, reason: (Resolution & { kind: 'reset' })['reason'], head: Cursor) {
  metrics.countReset(reason);
  const message = 'this cursor cannot be resumed: fetch the snapshot again and go on from its cursor';
  return new MillraceError(reason, message, { details: { cursor: formatCursor(head) } });
}
