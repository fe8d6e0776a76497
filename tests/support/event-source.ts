import { once } from 'node:events';
import { createParser } from 'eventsource-parser';

export interface ReceivedEvent {
  readonly name: string;
  readonly id: string | undefined;
  readonly data: Readonly<Record<string, unknown>>;
  /** When it was received, in milliseconds since 1970. */
  readonly at: number;
}

export interface OpenEventSource extends Disposable {
  readonly headers: Headers;
  readonly received: readonly ReceivedEvent[];
  /** The first event that fits, received before or after the call. */
  next(fits: (event: ReceivedEvent) => boolean): Promise<ReceivedEvent>;
  /** Settles once the server, or this side, has ended it. */
  readonly ended: Promise<void>;
}

/** Opens a stream of server-sent events; settles once its `hello` was received. */
export async function openEventSource(url: string, headers: Record<string, string> = {}): Promise<OpenEventSource> {
  const abort = new AbortController();
  const arrivals = new EventTarget();
  const received: ReceivedEvent[] = [];
  const parser = createParser({
    onEvent({ event = 'message', id, data }) {
      received.push({ name: event, id, data: JSON.parse(data), at: Date.now() });
      arrivals.dispatchEvent(new Event('arrival'));
    },
  });
  const response = await fetch(url, { headers: { ...headers, accept: 'text/event-stream' }, signal: abort.signal });
  const read = async () => {
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) parser.feed(decoder.decode(chunk, { stream: true }));
  };
  // Ends with an error when it is closed from this side.
  const ended = read().catch(() => {});
  const next: OpenEventSource['next'] = async (fits) => {
    for (;;) {
      const found = received.find(fits);
      if (found) return found;
      await once(arrivals, 'arrival');
    }
  };
  await next(({ name }) => name === 'hello');
  return { headers: response.headers, received, next, ended, [Symbol.dispose]: () => abort.abort() };
}
