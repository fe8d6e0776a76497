import { createParser, type EventSourceMessage } from 'eventsource-parser';

export const TRANSPORTS = ['websocket', 'websocket-v1', 'sse', 'poll'] as const;
export type Transport = (typeof TRANSPORTS)[number];

/** One event as a feed shows it; members beside these depend on the feed. */
export interface Message {
  readonly type: string;
  readonly cursor: string;
  readonly [member: string]: unknown;
}

export interface RawFeedOptions {
  /** The feed's URL with `http:`. */
  readonly url: string;
  readonly transport: Transport;
  readonly cursor: string;
  /** Called per event, in order; return false to drop the connection right there, in the middle of a batch or not. */
  readonly onEvent: (message: Message) => boolean;
  /** Told of the position that the feed goes on from. */
  readonly onReset?: (reason: string, cursor: string) => void;
  /** Told once the server has found the position to begin with. */
  readonly onOpen?: () => void;
  readonly signal?: AbortSignal;
}

/**
 * Reads a feed with nothing of Millrace's own client, until the connection ends for whatever reason. Returns the
 * position to go on from.
 */
export async function readRawFeed(options: RawFeedOptions): Promise<string> {
  switch (options.transport) {
    case 'websocket':
    case 'websocket-v1':
      return readWebSocket(options);
    case 'sse':
      return readSse(options);
    case 'poll':
      return readPages(options);
    default:
      return options.transport satisfies never;
  }
}

function feedUrl({ url, cursor }: RawFeedOptions): URL {
  const result = new URL(url);
  result.searchParams.set('cursor', cursor);
  return result;
}

function readWebSocket(options: RawFeedOptions): Promise<string> {
  const url = feedUrl(options);
  url.protocol = 'ws:';
  const isV1 = options.transport === 'websocket-v1';
  const socket = isV1 ? new WebSocket(url, ['millrace.v1']) : new WebSocket(url);
  let { cursor } = options;
  let isDropped = false;
  const drop = () => {
    isDropped = true;
    socket.close();
  };
  options.signal?.addEventListener('abort', drop, { once: true });
  socket.onopen = () => options.onOpen?.();
  socket.onmessage = ({ data }) => {
    if (isDropped) return;
    const frame = JSON.parse(String(data));
    if (frame.type === 'reset') options.onReset?.(frame.reason, frame.cursor);
    const events: Message[] = frame.type === 'batch' ? frame.events : isControl(frame.type) ? [] : [frame];
    for (const event of events) {
      cursor = event.cursor;
      if (options.onEvent(event)) continue;
      drop();
      return;
    }
    cursor = frame.to ?? frame.cursor ?? cursor;
  };
  return new Promise((resolve) => {
    socket.onclose = () => {
      options.signal?.removeEventListener('abort', drop);
      resolve(cursor);
    };
  });
}

async function readSse(options: RawFeedOptions): Promise<string> {
  let { cursor } = options;
  const abort = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, abort.signal]) : abort.signal;
  const parser = createParser({
    onEvent(message: EventSourceMessage) {
      if (signal.aborted) return;
      cursor = message.id ?? cursor;
      if (message.event === 'reset') options.onReset?.(JSON.parse(message.data).reason, cursor);
      if (isControl(message.event ?? '')) return;
      if (!options.onEvent(JSON.parse(message.data))) abort.abort();
    },
  });
  try {
    const headers = { accept: 'text/event-stream', 'last-event-id': cursor };
    const response = await fetch(options.url, { headers, signal });
    if (response.ok) options.onOpen?.();
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) parser.feed(decoder.decode(chunk, { stream: true }));
  } catch {
    // The connection was cut, by the server, the network or this test: that is what the position is for.
  }
  return cursor;
}

async function readPages(options: RawFeedOptions): Promise<string> {
  let { cursor } = options;
  try {
    // The first page says at once where the feed begins.
    for (let wait = '0'; ; wait = '1') {
      const url = feedUrl({ ...options, cursor });
      url.searchParams.set('wait', wait);
      const response = await fetch(url, {
        headers: { accept: 'application/json' },
        ...(options.signal ? { signal: options.signal } : {}),
      });
      const page = (await response.json()) as Page;
      if (wait === '0' && (response.ok || response.status === 410)) options.onOpen?.();
      if (page.error) {
        if (!page.error.details?.cursor) return cursor;
        // As on a stream, it goes on from the head.
        cursor = page.error.details.cursor;
        options.onReset?.(page.error.code, cursor);
        continue;
      }
      for (const event of page.events) {
        cursor = event.cursor;
        if (!options.onEvent(event)) return cursor;
      }
      cursor = page.cursor;
    }
  } catch {
    return cursor;
  }
}

interface Page {
  readonly events: readonly Message[];
  readonly cursor: string;
  readonly error?: { readonly code: string; readonly details?: { readonly cursor?: string } };
}

function isControl(type: string): boolean {
  return type === 'hello' || type === 'heartbeat' || type === 'reset' || type === 'pong' || type === 'batch';
}
