import { hashKey, type QueryClient, type QueryKey } from '@tanstack/react-query';
import type { ClientEnvironment } from '../client/environment.ts';
import { createFeedConnection, type FeedConnection } from '../client/feed-connection.ts';
import type { EventMessage } from '../protocol/frames.ts';
import { isRow } from '../protocol/read-frame.ts';
import type { FeedRequest, LiveFeed } from './live-feed.ts';
import { createQueryKeeper, cursorOf, type QueryKeeper, type Received } from './query-keeper.ts';
import { readJson } from './read-json.ts';

/** Most events remembered for queries that are mounted later. */
const MAX_HISTORY = 500;
const LOAD_LIMIT_MS = 10_000;

export interface FeedRuntimeOptions {
  readonly queryClient: QueryClient;
  readonly environment: ClientEnvironment;
  /** Makes a path of the server a URL. */
  readonly resolve: (path: string) => string;
  /** Called when the first user comes and when the last one has gone. */
  readonly onUse: (connection: FeedConnection, isUsed: boolean) => void;
}

export type FeedRuntime<Event> = ReturnType<typeof createFeedRuntime<Event, unknown>>;

/** One feed with all its users: its connection runs while there is one. */
export function createFeedRuntime<Event, State>(feed: LiveFeed<Event, State>, options: FeedRuntimeOptions) {
  const { queryClient, environment, resolve } = options;
  const listeners = new Set<(events: readonly Event[]) => void>();
  const keepers = new Map<string, { readonly keeper: QueryKeeper<Event>; users: number }>();
  const stateHash = feed.state && hashKey(feed.state.queryKey);
  let history: Received<Event>[] = [];
  /** The position that the history begins after; undefined until the stream was joined. */
  let historyFrom: string | undefined;
  let users = 0;
  let hasStarted = false;
  /** Of data that is there already, for example from a server's rendering. */
  const shownCursor = feed.state && cursorOf(queryClient.getQueryData(feed.state.queryKey));
  let hasLoaded = shownCursor !== undefined;
  let releaseState = () => {};

  const connection = createFeedConnection<Received<Event>>({
    environment,
    url: resolve(feed.url),
    ...definedOnly({
      transport: feed.transport,
      eventTypes: feed.eventTypes,
      onInvalid: feed.onInvalid,
      settings: feed.settings,
      shareTabs: feed.shareTabs,
      cursor: shownCursor,
      snapshot: feed.state && loadState,
      poll: feed.state && loadState,
    }),
    parse: (message) => ({
      cursor: message.cursor,
      ...(isRow(message) ? { asOf: message.as_of } : {}),
      event: parse(message),
    }),
    onEvents: receive,
    onProblem(problem) {
      // Without a state to load again, the events of a gap are missing from every query.
      if (problem.kind === 'gap' && !feed.state) missEverything();
      feed.onProblem?.(problem);
    },
  });

  connection.subscribe(noteJoin);

  /** Without `parse`, `Event` is the message: the default of the type parameter. */
  function parse(message: EventMessage): Event {
    return feed.parse ? feed.parse(message) : (message as Event);
  }

  function request(): FeedRequest {
    const signal = AbortSignal.timeout(LOAD_LIMIT_MS);
    return { signal, readJson: (path) => readJson(environment, { url: resolve(path), path, signal }) };
  }

  /** By the query, so that a component that mounts at the same time shares the request. */
  async function loadState(): Promise<string> {
    if (!feed.state) throw new Error('the feed has no state');
    const { queryKey, load } = feed.state;
    const { cursor } = await queryClient.fetchQuery({
      queryKey,
      queryFn: () => load(request()),
      staleTime: 0,
      retry: false,
      networkMode: 'always',
    });
    if (connection.status().name === 'polling') forgetHistory();
    else if (hasLoaded) missEverything();
    hasLoaded = true;
    return cursor;
  }

  /** The first time that the stream is live, and after a gap: says to every query where it begins. */
  function noteJoin(): void {
    if (historyFrom !== undefined || connection.status().name !== 'live') return;
    historyFrom = connection.cursor();
    if (historyFrom === undefined) return;
    for (const [hash, { keeper }] of keepers) if (hash !== stateHash) keeper.join(historyFrom);
  }

  /** A polled state holds events that were never given one by one: the stream begins anew after it. */
  function forgetHistory(): void {
    history = [];
    historyFrom = undefined;
  }

  function missEverything(): void {
    forgetHistory();
    for (const [hash, { keeper }] of keepers) if (hash !== stateHash) keeper.miss();
  }

  function receive(received: readonly Received<Event>[]): void {
    const all = [...history, ...received];
    history = all.slice(-MAX_HISTORY);
    historyFrom = all.at(-MAX_HISTORY - 1)?.cursor ?? historyFrom;
    for (const { keeper } of [...keepers.values()]) keeper.take(received);
    const events = received.map(({ event }) => event);
    for (const listener of [...listeners]) listener(events);
  }

  /** Keeps a query true to the stream, beginning with what the stream gave before the query was there. */
  function keep<Data>(queryKey: QueryKey, update?: (data: Data, events: readonly Event[]) => Data): () => void {
    const hash = hashKey(queryKey);
    let entry = keepers.get(hash);
    if (!entry) {
      const keeper = createQueryKeeper<Event, Data>({ queryClient, queryKey, update });
      // Which data the keeper updates is known to its maker only.
      entry = { keeper: keeper as QueryKeeper<Event>, users: 0 };
      keepers.set(hash, entry);
      const hasData = queryClient.getQueryData(queryKey) !== undefined;
      if (hasData && historyFrom !== undefined) {
        if (!keeper.reaches(historyFrom)) keeper.miss();
        else if (history.length > 0) keeper.take(history);
      }
    }
    const kept = entry;
    kept.users += 1;
    return () => {
      kept.users -= 1;
      if (kept.users > 0) return;
      kept.keeper.stop();
      keepers.delete(hash);
    };
  }

  function start(): void {
    hasStarted = true;
    forgetHistory();
    if (feed.state) releaseState = keep(feed.state.queryKey, feed.state.update);
    options.onUse(connection, true);
    connection.start();
  }

  function stopIfUnused(): void {
    if (users > 0 || !hasStarted) return;
    hasStarted = false;
    connection.stop();
    options.onUse(connection, false);
    releaseState();
  }

  return {
    connection,
    request,
    /** Whether the feed continues data that was there before it: then nothing is loaded at first. */
    isContinuing: shownCursor !== undefined,
    keep,
    listen(listener: (events: readonly Event[]) => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    /** Keeps the connection running until the function it returns is called. */
    use(): () => void {
      users += 1;
      if (!hasStarted) start();
      let isReleased = false;
      return () => {
        if (isReleased) return;
        isReleased = true;
        users -= 1;
        // Later: StrictMode and a change of pages take a feed up again at once.
        queueMicrotask(stopIfUnused);
      };
    },
  };
}

/** Optional members must be left out rather than be undefined. */
function definedOnly<Members extends object>(members: Members) {
  type Defined = { [Name in keyof Members]?: Exclude<Members[Name], undefined> };
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Defined;
}
