/** An open socket; after `close` none of its handlers is called again. */
export interface Socket {
  close(): void;
  /** Sends text to the server; undefined where the transport only receives. */
  readonly send?: ((text: string) => void) | undefined;
}

export interface SocketHandlers {
  onMessage(text: string): void;
  /** Called once, also when the socket never opened. */
  onClose(code: number): void;
}

/** One server-sent event. */
export interface StreamEvent {
  readonly event: string;
  /** The `id:` in force, which is the cursor after the event. */
  readonly id: string | undefined;
  readonly data: string;
}

export interface EventStreamHandlers {
  onEvent(event: StreamEvent): void;
  /** Called once, also when the stream never opened. The code is a WebSocket close code. */
  onClose(code: number): void;
}

export interface EventStreamOptions {
  /** The types to deliver, `hello`, `heartbeat` and `reset` among them; undefined delivers every type. */
  readonly eventTypes: readonly string[] | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

/** `suspended` and `restored` are the way into and out of the browser's cache of pages. */
export type PageChange = 'shown' | 'suspended' | 'restored';

/** Messages between the tabs of one browser, in order; a channel does not hear itself. */
export interface TabChannel {
  post(message: unknown): void;
  close(): void;
}

/** How the tabs of one browser find each other. */
export interface Tabs {
  /** A name that no other stream of any tab has. */
  createId(): string;
  openChannel(name: string, onMessage: (message: unknown) => void): TabChannel;
  /** Waits until no other tab holds the lock, then holds it until the task settles or its tab is gone. */
  holdLock(name: string, signal: AbortSignal, task: () => Promise<void>): void;
}

/** Everything a connection takes from its surroundings, so that tests can script it. */
export interface ClientEnvironment {
  /** Milliseconds on a clock that never goes back and counts the time the machine sleeps. */
  now(): number;
  /** Milliseconds since 1970, to compare with the expiry of tokens. Default `Date.now`. */
  readonly wallNow?: () => number;
  random(): number;
  /** Runs `action` once after `delayMs`; returns the function that cancels it. */
  schedule(delayMs: number, action: () => void): () => void;
  /** Undefined where there is no WebSocket. */
  readonly openSocket: ((url: string, protocols: readonly string[], handlers: SocketHandlers) => Socket) | undefined;
  openEventStream(url: string, options: EventStreamOptions, handlers: EventStreamHandlers): Socket;
  fetch(
    url: string,
    init: { readonly headers: Record<string, string>; readonly signal: AbortSignal },
  ): Promise<Response>;
  /** Undefined where tabs cannot find each other: then each has connections of its own. */
  readonly tabs?: Tabs | undefined;
  /** What relative feed URLs are resolved against. */
  readonly baseUrl: string | undefined;
  isOnline(): boolean;
  /** Returns the function that unsubscribes. */
  onOnlineChange(listener: (isOnline: boolean) => void): () => void;
  /** Returns the function that unsubscribes. Undefined where there are no pages. */
  readonly onPageChange?: (listener: (change: PageChange) => void) => () => void;
}
