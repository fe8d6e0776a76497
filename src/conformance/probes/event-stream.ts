import { createParser } from 'eventsource-parser';
import { Inbox } from './inbox.ts';

/** One event of a stream, with its fields as they stood there. */
export interface StreamEvent {
  /** Undefined where it had no `event:` line. */
  readonly event: string | undefined;
  /** Undefined where it had no `id:` line. */
  readonly id: string | undefined;
  readonly data: string;
}

/** A response of server-sent events, read as it comes. */
export class EventStream {
  readonly #abort: AbortController;
  readonly status: number;
  readonly headers: Headers;
  readonly events = new Inbox<StreamEvent>();
  /** Milliseconds of the `retry:` lines. */
  readonly retries = new Inbox<number>();

  private constructor(response: Response, abort: AbortController) {
    this.status = response.status;
    this.headers = response.headers;
    this.#abort = abort;
    this.#read(response).then(
      () => this.#end('the stream ended'),
      (error: unknown) => this.#end(`the stream broke: ${error instanceof Error ? error.message : String(error)}`),
    );
  }

  /** Settles with the response's head. */
  static async open(url: URL, headers: Readonly<Record<string, string>>): Promise<EventStream> {
    const abort = new AbortController();
    const response = await fetch(url, { headers: { accept: 'text/event-stream', ...headers }, signal: abort.signal });
    return new EventStream(response, abort);
  }

  close(): void {
    this.#abort.abort();
  }

  async #read(response: Response): Promise<void> {
    const decoder = new TextDecoder();
    const parser = createParser({
      onEvent: ({ event, id, data }) => this.events.push({ event, id, data }),
      onRetry: (ms) => this.retries.push(ms),
    });
    for await (const chunk of response.body ?? []) parser.feed(decoder.decode(chunk, { stream: true }));
  }

  #end(reason: string): void {
    this.events.end(reason);
    this.retries.end(reason);
  }
}
