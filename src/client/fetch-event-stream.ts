import { createParser } from 'eventsource-parser';
import { CLOSE } from '../protocol/close-codes.ts';
import type { EventStreamHandlers, EventStreamOptions, Socket } from './environment.ts';

/** Code of a connection that ended without a close frame (RFC 6455 section 7.1.5). */
const ABNORMAL_CLOSURE = 1006;

const CODE_OF_STATUS: Readonly<Record<number, number>> = { 401: CLOSE.unauthorized, 403: CLOSE.forbidden };

export interface FetchEventStreamOptions extends EventStreamOptions {
  /** Default: the runtime's. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
}

/** Reads server-sent events by `fetch`: for runtimes without `EventSource`, and for requests that need headers. */
export function openFetchEventStream(
  url: string,
  { eventTypes, headers, fetch = globalThis.fetch }: FetchEventStreamOptions,
  handlers: EventStreamHandlers,
): Socket {
  const abort = new AbortController();
  const { signal } = abort;
  read().then(close, () => close(ABNORMAL_CLOSURE));
  return { close: () => abort.abort() };

  function close(code: number): void {
    if (signal.aborted) return;
    abort.abort();
    handlers.onClose(code);
  }

  async function read(): Promise<number> {
    const response = await fetch(url, {
      headers: { ...headers, accept: 'text/event-stream' },
      cache: 'no-store',
      signal,
    });
    if (!response.ok || !response.body) return CODE_OF_STATUS[response.status] ?? ABNORMAL_CLOSURE;
    let lastId: string | undefined;
    const parser = createParser({
      onEvent({ event = 'message', id, data }) {
        lastId = id ?? lastId;
        if (!signal.aborted && (eventTypes?.includes(event) ?? true)) handlers.onEvent({ event, id: lastId, data });
      },
    });
    const reader = response.body.getReader();
    const decoder = new TextDecoder();
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
      parser.feed(decoder.decode(chunk.value, { stream: true }));
    }
    return ABNORMAL_CLOSURE;
  }
}
