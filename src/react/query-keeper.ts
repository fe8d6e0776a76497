import { hashKey, type QueryClient, type QueryKey } from '@tanstack/react-query';
import { parseCursor } from '../protocol/cursor.ts';

/** An event with the position after it. */
export interface Received<Event> {
  readonly cursor: string;
  /** The position that the values of a row are as of. */
  readonly asOf?: string;
  readonly event: Event;
}

/** Most events that wait for a query's first data; with more, the data is fetched again instead. */
const MAX_PENDING = 1_000;

export interface QueryKeeperOptions<Event, Data> {
  readonly queryClient: QueryClient;
  readonly queryKey: QueryKey;
  /** Makes the data after some events; undefined fetches the data again instead. */
  readonly update: ((data: Data, events: readonly Event[]) => Data) | undefined;
}

export type QueryKeeper<Event> = ReturnType<typeof createQueryKeeper<Event, unknown>>;

/**
 * Keeps one query true to a stream. An answer that was under way while an event arrived may have been read before it:
 * such events are applied again to the answer, where its `cursor` does not already cover them.
 */
export function createQueryKeeper<Event, Data>(options: QueryKeeperOptions<Event, Data>) {
  const { queryClient, queryKey } = options;
  const cache = queryClient.getQueryCache();
  const queryHash = hashKey(queryKey);
  let pending: Received<Event>[] = [];
  let isRefetchDue = false;
  /** Where the stream was joined while an answer was under way. */
  let joinedAt: string | undefined;

  const stopWatching = cache.subscribe((change) => {
    if (change.type !== 'updated' || change.query.queryHash !== queryHash) return;
    if (change.action.type === 'success' && change.action.manual !== true) settle();
  });

  /** An answer has come: what arrived meanwhile goes on top of it. */
  function settle(): void {
    const events = pending;
    pending = [];
    if (joinedAt !== undefined && !reaches(joinedAt)) isRefetchDue = true;
    joinedAt = undefined;
    if (events.length > 0) apply(events);
    if (isRefetchDue) refetch();
  }

  function take(events: readonly Received<Event>[]): void {
    const query = cache.find({ queryKey });
    const isAnswerDue = query?.state.data === undefined || query.state.fetchStatus !== 'idle';
    if (!options.update) {
      if (isAnswerDue) isRefetchDue = true;
      else refetch();
      return;
    }
    if (isAnswerDue) hold(events);
    if (query?.state.data !== undefined) apply(events);
  }

  function hold(events: readonly Received<Event>[]): void {
    pending.push(...events);
    if (pending.length <= MAX_PENDING) return;
    pending = [];
    isRefetchDue = true;
  }

  function apply(events: readonly Received<Event>[]): void {
    queryClient.setQueryData<Data>(queryKey, (data) => {
      if (data === undefined || !options.update) return data;
      const known = cursorOf(data);
      const news = events.filter((received) => isNews(received, known));
      const last = news.at(-1);
      if (!last) return undefined;
      const next = options.update(
        data,
        news.map(({ event }) => event),
      );
      return known === undefined ? next : { ...next, cursor: isAfter(last.cursor, known) ? last.cursor : known };
    });
  }

  function refetch(): void {
    isRefetchDue = false;
    void queryClient.invalidateQueries({ queryKey, exact: true });
  }

  /** Whether the data is known to hold everything up to a position. */
  function reaches(position: string): boolean {
    const asOf = cursorOf(queryClient.getQueryData(queryKey));
    return asOf !== undefined && !isAfter(position, asOf);
  }

  return {
    take,
    reaches,
    /** The stream begins at a position: what data of an earlier one misses before it will never come. */
    join(position: string): void {
      const state = cache.find({ queryKey })?.state;
      if (!state) return;
      if (state.fetchStatus !== 'idle') joinedAt = position;
      else if (state.data !== undefined && !reaches(position)) refetch();
    },
    /** Events were missed: the data has to be fetched again. */
    miss(): void {
      pending = [];
      const query = cache.find({ queryKey });
      if (query === undefined) return;
      if (query.state.fetchStatus === 'idle') refetch();
      else isRefetchDue = true;
    },
    stop: stopWatching,
  };
}

/** The position that data says it is as of. */
export function cursorOf(data: unknown): string | undefined {
  if (typeof data !== 'object' || data === null || !('cursor' in data)) return undefined;
  return typeof data.cursor === 'string' ? data.cursor : undefined;
}

/** A row says what is so as of a position, and several of them share it. */
function isNews({ cursor, asOf }: Received<unknown>, known: string | undefined): boolean {
  return asOf === undefined ? isAfter(cursor, known) : asOf === known || isAfter(asOf, known);
}

/** Whether an event is newer than the data; positions of different logs cannot be compared, so the event counts. */
function isAfter(cursor: string, asOf: string | undefined): boolean {
  const [event, data] = [parseCursor(cursor), asOf === undefined ? undefined : parseCursor(asOf)];
  return !event || !data || event.epoch !== data.epoch || event.seq > data.seq;
}
