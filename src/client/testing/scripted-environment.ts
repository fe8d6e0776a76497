import type {
  ClientEnvironment,
  EventStreamHandlers,
  EventStreamOptions,
  PageChange,
  SocketHandlers,
} from '../environment.ts';

/** A socket whose other end is the test. */
export interface ScriptedSocket {
  readonly url: string;
  readonly protocols: readonly string[];
  isClosed: boolean;
  /** What the client sent. */
  readonly sent: string[];
  /** Sends a frame to the client. */
  send(frame: unknown): void;
  /** Sends text that need not be JSON. */
  sendText(text: string): void;
  /** Ends the connection as the server or the network would. */
  end(code: number): void;
}

/** An event stream whose other end is the test. */
export interface ScriptedEventStream {
  readonly url: string;
  readonly options: EventStreamOptions;
  isClosed: boolean;
  /** Sends a message as the server does: `event:` its type, `id:` its cursor. */
  send(message: { readonly type: string; readonly cursor?: string }): void;
  sendText(event: string, id: string | undefined, data: string): void;
  end(code?: number): void;
}

/** An environment without real time, network or chance, moved by hand. */
export class ScriptedEnvironment implements ClientEnvironment {
  readonly baseUrl = 'http://millrace.test/events';
  readonly sockets: ScriptedSocket[] = [];
  readonly streams: ScriptedEventStream[] = [];
  readonly requests: string[] = [];
  /** The headers of the requests, in the same order. */
  readonly headers: Record<string, string>[] = [];
  respond: (url: string) => Response = () => new Response('', { status: 503 });
  /** What every draw of chance gives. The default is the middle of the jitter, so that delays are exact. */
  chance = 0.5;
  #now = 0;
  #isOnline = true;
  #timers = new Map<symbol, { readonly at: number; readonly action: () => void }>();
  #onlineListeners = new Set<(isOnline: boolean) => void>();
  #pageListeners = new Set<(change: PageChange) => void>();

  now(): number {
    return this.#now;
  }

  wallNow(): number {
    return this.#now;
  }

  random(): number {
    return this.chance;
  }

  schedule(delayMs: number, action: () => void): () => void {
    const key = Symbol('timer');
    this.#timers.set(key, { at: this.#now + delayMs, action });
    return () => this.#timers.delete(key);
  }

  openSocket: ClientEnvironment['openSocket'] = (
    url: string,
    protocols: readonly string[],
    handlers: SocketHandlers,
  ) => {
    const socket: ScriptedSocket = {
      url,
      protocols,
      isClosed: false,
      sent: [],
      send: (frame) => handlers.onMessage(JSON.stringify(frame)),
      sendText: (text) => handlers.onMessage(text),
      end: (code) => {
        socket.isClosed = true;
        handlers.onClose(code);
      },
    };
    this.sockets.push(socket);
    return {
      close: () => {
        socket.isClosed = true;
      },
      send: (text) => socket.sent.push(text),
    };
  };

  openEventStream(url: string, options: EventStreamOptions, handlers: EventStreamHandlers) {
    const stream: ScriptedEventStream = {
      url,
      options,
      isClosed: false,
      send: (message) => stream.sendText(message.type, message.cursor, JSON.stringify(message)),
      sendText: (event, id, data) => handlers.onEvent({ event, id, data }),
      end: (code = 1006) => {
        stream.isClosed = true;
        handlers.onClose(code);
      },
    };
    this.streams.push(stream);
    return {
      close: () => {
        stream.isClosed = true;
      },
    };
  }

  async fetch(url: string, { headers }: { readonly headers: Record<string, string> }): Promise<Response> {
    this.requests.push(url);
    this.headers.push(headers);
    return this.respond(url);
  }

  isOnline(): boolean {
    return this.#isOnline;
  }

  onOnlineChange(listener: (isOnline: boolean) => void): () => void {
    this.#onlineListeners.add(listener);
    return () => this.#onlineListeners.delete(listener);
  }

  onPageChange(listener: (change: PageChange) => void): () => void {
    this.#pageListeners.add(listener);
    return () => this.#pageListeners.delete(listener);
  }

  changePage(change: PageChange): void {
    for (const listener of this.#pageListeners) listener(change);
  }

  /** Lets time pass in which nothing runs, as while the machine sleeps. */
  sleep(ms: number): void {
    this.#now += ms;
  }

  setOnline(isOnline: boolean): void {
    this.#isOnline = isOnline;
    for (const listener of this.#onlineListeners) listener(isOnline);
  }

  /** Moves the clock, running what falls due in order, and lets promises settle in between. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await this.settle();
    for (;;) {
      const due = [...this.#timers].filter(([, timer]) => timer.at <= end).sort(([, a], [, b]) => a.at - b.at)[0];
      if (!due) break;
      const [key, timer] = due;
      this.#timers.delete(key);
      this.#now = Math.max(this.#now, timer.at);
      timer.action();
      await this.settle();
    }
    this.#now = end;
  }

  /** Lets every promise that can settle do so. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  }

  /** What the connection has running or registered. */
  get leftovers(): number {
    const open = [...this.sockets, ...this.streams].filter(({ isClosed }) => !isClosed).length;
    return this.#timers.size + this.#onlineListeners.size + this.#pageListeners.size + open;
  }
}
