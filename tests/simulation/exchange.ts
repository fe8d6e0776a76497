import { Link, type LinkOptions } from './link.ts';

export interface ExchangeOptions extends LinkOptions {
  readonly url: string;
  readonly headers: HeadersInit;
  /** Of the client: ends it from this side. */
  readonly signal: AbortSignal;
  readonly resolve: (response: Response) => void;
  readonly reject: (error: Error) => void;
}

/** The operating system gives up after this long on a peer that takes nothing. */
const GIVE_UP_MS = 9_000;
const HEAD_BYTES = 100;

/** One HTTP request and its answer, whole or as a stream. */
export class Exchange extends Link {
  readonly #options: ExchangeOptions;
  /** Tells the server that the client has gone. */
  readonly #gone = new AbortController();
  #body: ReadableStreamDefaultController<Uint8Array> | undefined;
  #isDone = false;
  #makeRoom = () => {};

  constructor(options: ExchangeOptions) {
    super(options);
    this.#options = options;
    const { signal } = options;
    signal.addEventListener('abort', () => this.#abort(), { once: true });
    this.up.push(options.url.length, () => this.#request());
  }

  override lose(): void {
    super.lose();
    this.#options.scheduler.after(GIVE_UP_MS, () => {
      this.end();
      this.peer?.clock.run(() => this.endedForServer());
    });
  }

  protected override endedForClient(): void {
    this.#fail(new TypeError('the connection was cut'));
  }

  protected override endedForServer(): void {
    this.#gone.abort();
  }

  protected override drained(): void {
    this.#makeRoom();
  }

  #request(): void {
    const { url, headers, server, sights, path } = this.#options;
    const life = server();
    if (!life) {
      sights.see('refusedConnects');
      this.end();
      this.#fail(new TypeError('nobody listens'));
      return;
    }
    this.peer = life;
    life.clock.run(() => {
      const request = new Request(url, { headers, signal: this.#gone.signal });
      life
        .handle(request, { remoteAddress: () => path.name, upgrade: () => false, allowSilence: () => {} })
        .then((response) => (response ? this.#answer(response) : undefined))
        // A body that ends with an error ends the connection.
        .catch(() => this.cut());
    });
  }

  async #answer(response: Response): Promise<void> {
    const { status, headers } = response;
    const isStream = headers.get('content-type')?.startsWith('text/event-stream') ?? false;
    if (isStream && !this.#options.path.takesStreams) {
      this.#options.sights.see('refusedStreams');
      this.cut();
      return;
    }
    if (isStream && response.body) {
      this.down.push(HEAD_BYTES, () => this.#resolve(new Response(this.#clientBody(), { status, headers })));
      await this.#stream(response.body.getReader());
      return;
    }
    const text = await response.text();
    const parts = this.partsOf(HEAD_BYTES + text.length);
    this.sendParts(parts, (part) => {
      if (part < parts.length - 1) return;
      this.end();
      this.#resolve(new Response(text, { status, headers }));
    });
  }

  #clientBody(): ReadableStream<Uint8Array> {
    return new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#body = controller;
      },
      cancel: () => this.#abort(),
    });
  }

  /** As the runtime does it: pulls a chunk when the socket has room for it. */
  async #stream(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
    for (;;) {
      await this.#room();
      if (this.isOver) return;
      const { done, value } = await reader.read();
      if (done) break;
      this.#send(value);
    }
    this.down.push(1, () => {
      this.end();
      // The client has gone meanwhile: its end of the body is gone too.
      if (this.#isDone) return;
      this.#isDone = true;
      this.#body?.close();
    });
  }

  #send(chunk: Uint8Array): void {
    const parts = this.partsOf(chunk.byteLength);
    const [first = 0] = parts;
    this.spendOnSend();
    this.sendParts(parts, (part) => {
      const bytes = parts.length === 1 ? chunk : part === 0 ? chunk.subarray(0, first) : chunk.subarray(first);
      if (!this.#isDone) this.#body?.enqueue(bytes);
    });
  }

  async #room(): Promise<void> {
    if (!this.isFull) return;
    await new Promise<void>((resolve) => {
      this.#makeRoom = resolve;
    });
  }

  #resolve(response: Response): void {
    if (!this.#isDone) this.#options.resolve(response);
    if (!this.#body) this.#isDone = true;
  }

  #fail(error: Error): void {
    if (this.#isDone) return;
    this.#isDone = true;
    this.#body?.error(error);
    this.#options.reject(error);
  }

  #abort(): void {
    if (this.#isDone) return;
    this.#fail(new DOMException('the client has gone', 'AbortError'));
    this.up.push(1, () => {
      this.end();
      this.peer?.clock.run(() => this.endedForServer());
    });
  }
}
