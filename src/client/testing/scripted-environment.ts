import type { ClientEnvironment, SocketHandlers } from '../environment.ts';

/** A socket whose other end is the test. */
export interface ScriptedSocket {
  readonly url: string;
  readonly protocols: readonly string[];
  isClosed: boolean;
  /** Sends a frame to the client. */
  send(frame: unknown): void;
  /** Sends text that need not be JSON. */
  sendText(text: string): void;
  /** Ends the connection as the server or the network would. */
  end(code: number): void;
}

/** An environment without real time, network or chance, moved by hand. */
export class ScriptedEnvironment implements ClientEnvironment {
  readonly baseUrl = 'http://millrace.test/events';
  readonly sockets: ScriptedSocket[] = [];
  readonly requests: string[] = [];
  respond: (url: string) => Response = () => new Response('', { status: 503 });
  #now = 0;
  #isOnline = true;
  #timers = new Map<symbol, { readonly at: number; readonly action: () => void }>();
  #onlineListeners = new Set<(isOnline: boolean) => void>();

  now(): number {
    return this.#now;
  }

  random(): number {
    return 0.5;
  }

  schedule(delayMs: number, action: () => void): () => void {
    const key = Symbol('timer');
    this.#timers.set(key, { at: this.#now + delayMs, action });
    return () => this.#timers.delete(key);
  }

  openSocket(url: string, protocols: readonly string[], handlers: SocketHandlers) {
    const socket: ScriptedSocket = {
      url,
      protocols,
      isClosed: false,
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
    };
  }

  async fetch(url: string): Promise<Response> {
    this.requests.push(url);
    return this.respond(url);
  }

  isOnline(): boolean {
    return this.#isOnline;
  }

  onOnlineChange(listener: (isOnline: boolean) => void): () => void {
    this.#onlineListeners.add(listener);
    return () => this.#onlineListeners.delete(listener);
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
    return this.#timers.size + this.#onlineListeners.size + this.sockets.filter((socket) => !socket.isClosed).length;
  }
}
