import { setTimeout } from 'node:timers/promises';
import type { History } from './history.ts';
import { readRawFeed, type Transport } from './raw-feed.ts';

/** Where the server is now; settles while one runs. */
export interface Reachable {
  url(): Promise<string>;
}

export interface PublisherOptions {
  readonly server: Reachable;
  readonly history: History;
  /** Of the publisher; its events are `<name>-0`, `<name>-1`, … */
  readonly name: string;
  /** Whether it tries again, with an idempotency key, until it has an answer. */
  readonly insists: boolean;
  /** Time between an answer and the next event. Default 0. */
  readonly everyMs?: number;
  readonly signal: AbortSignal;
}

/**
 * Posts one event after the other; returns how many requests were not answered, or with 503. Any other answer than 201
 * fails.
 */
export async function publish(options: PublisherOptions): Promise<number> {
  const { server, history, name, insists, everyMs = 0, signal } = options;
  let cut = 0;
  for (let number = 0; !signal.aborted; number += 1) {
    const id = `${name}-${number}`;
    history.attempt(id);
    for (let isStored = false; !isStored; ) {
      const response = await postEvent(await server.url(), id, insists ? { 'idempotency-key': id } : {});
      if (response && response.status !== 201 && response.status !== 503) {
        throw new Error(`${id} was answered ${response.status} ${JSON.stringify(response.body)}`);
      }
      isStored = response?.status === 201;
      if (isStored) history.acknowledge(id);
      else cut += 1;
      if (!insists || signal.aborted) break;
    }
    if (everyMs > 0) await setTimeout(everyMs, undefined, { signal }).catch(() => {});
  }
  return cut;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly retryAfter: string | null;
}

/** Posts an event whose summary is `id`; `undefined` when the connection ended before the whole answer. */
export async function postEvent(url: string, id: string, headers: Readonly<Record<string, string>> = {}) {
  // Repeats must be the same to the letter, so every event has one time.
  const event = { timestamp: '2026-01-01T00:00:00.000Z', source_app: 'test', event_type: 'PreToolUse', summary: id };
  try {
    const response = await fetch(`${url}/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(event),
    });
    const body: unknown = await response.json();
    return { status: response.status, body, retryAfter: response.headers.get('retry-after') } satisfies Answer;
  } catch {
    return undefined;
  }
}

export interface SubscriberOptions {
  readonly server: Reachable;
  readonly history: History;
  readonly transport: Transport;
  readonly signal: AbortSignal;
}

/**
 * Follows `/stream` from the first event on, coming back with its cursor whenever the connection ends; returns how
 * often it connected.
 */
export async function subscribe({ server, history, transport, signal }: SubscriberOptions): Promise<number> {
  let cursor = 'earliest';
  let connections = 0;
  while (!signal.aborted) {
    const url = `${await server.url()}/stream`;
    connections += 1;
    cursor = await readRawFeed({
      url,
      transport,
      cursor,
      signal,
      onEvent({ data }) {
        history.receive(transport, (data as { summary: string }).summary);
        return true;
      },
      onReset: () => history.reset(),
    });
  }
  return connections;
}

export interface StoredEvent {
  /** The summary. */
  readonly id: string;
  readonly cursor: string;
}

/** Everything that the log holds, page by page. */
export async function readEvents(url: string): Promise<StoredEvent[]> {
  const events: StoredEvent[] = [];
  let cursor = 'earliest';
  for (let isUpToDate = false; !isUpToDate; ) {
    const response = await fetch(`${url}/stream?cursor=${cursor}`, { headers: { accept: 'application/json' } });
    const page = (await response.json()) as {
      events: { data: { summary: string }; cursor: string }[];
      cursor: string;
      upToDate: boolean;
    };
    events.push(...page.events.map((event) => ({ id: event.data.summary, cursor: event.cursor })));
    ({ cursor, upToDate: isUpToDate } = page);
  }
  return events;
}
