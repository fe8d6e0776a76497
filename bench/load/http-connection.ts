import type { Socket } from 'bun';

export interface HttpAnswer {
  readonly status: number;
  /** The status line and the headers. */
  readonly head: string;
  readonly body: string;
}

/** One keep-alive connection with one request at a time; no more of HTTP than the load needs, to stay cheap. */
export class HttpConnection implements Disposable {
  readonly #socket: Socket<HttpConnection>;
  #unsent: Uint8Array = new Uint8Array();
  #received = '';
  #closedBy: string | undefined;
  #waiting: { resolve: (answer: HttpAnswer) => void; reject: (error: Error) => void } | undefined;

  private constructor(socket: Socket<HttpConnection>) {
    this.#socket = socket;
  }

  static async open(port: number): Promise<HttpConnection> {
    const socket = await Bun.connect<HttpConnection>({
      hostname: '127.0.0.1',
      port,
      socket: {
        data: ({ data }, chunk) => data.#receive(chunk.toString('latin1')),
        drain: ({ data }) => data.#flush(),
        close: ({ data }) => data.#fail('the server closed a connection'),
        error: ({ data }, error) => data.#fail(error.message),
      },
    });
    const connection = new HttpConnection(socket);
    socket.data = connection;
    return connection;
  }

  get isBusy(): boolean {
    return this.#waiting !== undefined;
  }

  /** Sends what {@link postRequest} made. */
  send(request: Uint8Array): Promise<HttpAnswer> {
    if (this.#closedBy !== undefined) return Promise.reject(new Error(this.#closedBy));
    if (this.#waiting) return Promise.reject(new Error('the connection is busy'));
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#unsent = request;
      this.#flush();
    });
  }

  [Symbol.dispose](): void {
    this.#socket.end();
  }

  #fail(reason: string): void {
    this.#closedBy = reason;
    this.#waiting?.reject(new Error(reason));
    this.#waiting = undefined;
  }

  #flush(): void {
    if (this.#unsent.length === 0) return;
    const written = this.#socket.write(this.#unsent);
    this.#unsent = this.#unsent.subarray(Math.max(0, written));
  }

  #receive(text: string): void {
    this.#received += text;
    const headEnd = this.#received.indexOf('\r\n\r\n');
    if (headEnd < 0) return;
    const head = this.#received.slice(0, headEnd);
    const bodyStart = headEnd + 4;
    const isChunked = /\r\ntransfer-encoding: chunked/i.test(head);
    const bodyEnd = isChunked
      ? this.#received.indexOf('\r\n0\r\n\r\n', bodyStart)
      : bodyStart + Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0);
    if (bodyEnd < 0 || this.#received.length < bodyEnd) return;
    const answer = { status: Number(head.slice(9, 12)), head, body: this.#received.slice(bodyStart, bodyEnd) };
    this.#received = '';
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.resolve(answer);
  }
}

export function postRequest(path: string, contentType: string, body: string): Uint8Array {
  const length = Buffer.byteLength(body);
  return Buffer.from(
    `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: ${contentType}\r\nContent-Length: ${length}\r\n\r\n${body}`,
  );
}
