import { CaseFailure } from '../verdict.ts';
import { EventStream } from './event-stream.ts';
import { type FeedMessage, isEvent, messagesIn, parsed } from './feed-messages.ts';
import { RawWebSocket } from './raw-websocket.ts';

/** Where a case looks, and as whom. */
export interface ProbeTarget {
  /** Without a slash at its end. */
  readonly baseUrl: string;
  /** Headers that say who asks; empty for nobody. */
  readonly identity: Readonly<Record<string, string>>;
  /** Factor of every time limit. */
  readonly patience: number;
  /** Name of this run, for what it makes on the server: letters, digits and hyphens. */
  readonly run: string;
  /** What the cases of this run share. */
  readonly shared: Map<string, Promise<unknown>>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; what isn't any fails the case. */
  // biome-ignore lint/suspicious/noExplicitAny: each case says what it expects of it
  json(): any;
}

export interface AskOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON, unless it is text. */
  readonly body?: unknown;
  /** Default true: with the headers that say who asks. */
  readonly isKnown?: boolean;
}

export interface FeedOptions {
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Default true. */
  readonly isKnown?: boolean;
}

export interface SocketOptions extends FeedOptions {
  readonly protocols?: readonly string[];
  readonly key?: string;
}

/** A feed that is being read. */
export interface OpenFeed {
  /** Everything that came, in order; the events of a batch one by one. */
  messages(): readonly FeedMessage[];
  /** Of these, what the feed shows. */
  events(): readonly FeedMessage[];
  /** Settles with what `find` finds in the messages. */
  until<Found>(
    what: string,
    withinMs: number,
    find: (messages: readonly FeedMessage[]) => Found | undefined | false,
  ): Promise<Found>;
  close(): void;
}

export type StreamingTransport = 'websocket' | 'millrace.v1' | 'sse';

const REQUEST_MS = 15_000;

/** What a case uses to reach the server. Whatever it opens is closed when the case is over. */
export class Probe {
  readonly target: ProbeTarget;
  readonly #cleanups: (() => unknown)[] = [];
  #made = 0;

  constructor(target: ProbeTarget) {
    this.target = target;
  }

  /** A name that nothing on the server has yet. */
  freshName(): string {
    this.#made += 1;
    return `${this.target.run}-${this.#made}`;
  }

  /** What `make` makes for the first case that asks for it; the others get the same. */
  once<Value>(name: string, make: () => Promise<Value>): Promise<Value> {
    const { shared } = this.target;
    const made = (shared.get(name) as Promise<Value> | undefined) ?? make();
    shared.set(name, made);
    return made;
  }

  /** A limit of a spec in milliseconds, as this run grants it. */
  limit(ms: number): number {
    return ms * this.target.patience;
  }

  url(path: string, query: Readonly<Record<string, string>> = {}): URL {
    const url = new URL(`${this.target.baseUrl}${path}`);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    return url;
  }

  async ask(path: string, { method = 'GET', headers = {}, body, isKnown = true }: AskOptions = {}): Promise<Answer> {
    const isText = typeof body === 'string';
    const response = await fetch(this.url(path), {
      method,
      headers: {
        accept: 'application/json',
        ...(body === undefined || isText ? {} : { 'content-type': 'application/json' }),
        ...(isKnown ? this.target.identity : {}),
        ...headers,
      },
      ...(body === undefined ? {} : { body: isText ? body : JSON.stringify(body) }),
      signal: AbortSignal.timeout(this.limit(REQUEST_MS)),
    }).catch((cause: unknown) => {
      throw new CaseFailure(`${method} ${path} was not answered: ${cause instanceof Error ? cause.message : cause}`);
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: () => parsed(text) };
  }

  post(path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.ask(path, { method: 'POST', body, headers });
  }

  async socket(path: string, options: SocketOptions = {}): Promise<RawWebSocket> {
    const { query = {}, headers = {}, isKnown = true, protocols = [], key } = options;
    const socket = await RawWebSocket.open({
      url: this.url(path, query),
      headers: { ...(isKnown ? this.target.identity : {}), ...headers },
      protocols,
      withinMs: this.limit(10_000),
      ...(key === undefined ? {} : { key }),
    });
    this.cleanUp(() => socket.destroy());
    return socket;
  }

  async stream(path: string, { query = {}, headers = {}, isKnown = true }: FeedOptions = {}): Promise<EventStream> {
    const known = isKnown ? this.target.identity : {};
    const stream = await EventStream.open(this.url(path, query), { ...known, ...headers });
    this.cleanUp(() => stream.close());
    return stream;
  }

  /** Reads a feed by any transport that streams; fails where it isn't let in. */
  async feed(path: string, transport: StreamingTransport, options: FeedOptions = {}): Promise<OpenFeed> {
    if (transport === 'sse') {
      const stream = await this.stream(path, options);
      if (stream.status !== 200) throw new CaseFailure(`${path} by SSE was answered ${stream.status}`);
      return openFeed({
        texts: () => stream.events.items.map(({ data }) => data),
        until: (what, ms, look) => stream.events.until(what, this.limit(ms), look),
        close: () => stream.close(),
      });
    }
    const protocols = transport === 'millrace.v1' ? ['millrace.v1'] : [];
    const socket = await this.socket(path, { ...options, protocols });
    if (socket.status !== 101) throw new CaseFailure(`${path} by WebSocket was answered ${socket.status}`);
    return openFeed({
      texts: () => socket.texts.items,
      until: (what, ms, look) => socket.texts.until(what, this.limit(ms), look),
      close: () => socket.destroy(),
    });
  }

  /** Done when the case is over, the newest first. */
  cleanUp(action: () => unknown): void {
    this.#cleanups.push(action);
  }

  async close(): Promise<void> {
    for (const action of this.#cleanups.splice(0).reverse()) await action();
  }
}

interface Texts {
  texts(): readonly string[];
  until<Found>(what: string, withinMs: number, look: () => Found | undefined | false): Promise<Found>;
  close(): void;
}

function openFeed({ texts, until, close }: Texts): OpenFeed {
  const messages: FeedMessage[] = [];
  let read = 0;
  const readOn = () => {
    const all = texts();
    for (; read < all.length; read += 1) messages.push(...messagesIn(all[read] ?? ''));
    return messages;
  };
  return {
    messages: readOn,
    events: () => readOn().filter(isEvent),
    until: (what, withinMs, find) => until(what, withinMs, () => find(readOn())),
    close,
  };
}
