/** An open socket; after `close` none of its handlers is called again. */
export interface Socket {
  close(): void;
}

export interface SocketHandlers {
  onMessage(text: string): void;
  /** Called once, also when the socket never opened. */
  onClose(code: number): void;
}

/** Everything a connection takes from its surroundings, so that tests can script it. */
export interface ClientEnvironment {
  /** Milliseconds on a clock that never goes back. */
  now(): number;
  random(): number;
  /** Runs `action` once after `delayMs`; returns the function that cancels it. */
  schedule(delayMs: number, action: () => void): () => void;
  openSocket(url: string, protocols: readonly string[], handlers: SocketHandlers): Socket;
  fetch(
    url: string,
    init: { readonly headers: Record<string, string>; readonly signal: AbortSignal },
  ): Promise<Response>;
  /** What relative feed URLs are resolved against. */
  readonly baseUrl: string | undefined;
  isOnline(): boolean;
  /** Returns the function that unsubscribes. */
  onOnlineChange(listener: (isOnline: boolean) => void): () => void;
}
