import { MILLRACE_V1, type ServerFrame, serverFrameSchema } from '../../protocol/frames.ts';
import { type TransportRequest, throwForStatus, withCursor } from './feed-transport.ts';

/** The feed over a WebSocket that speaks `millrace.v1`. */
export async function* websocketTransport({ url, cursor, signal }: TransportRequest): AsyncGenerator<ServerFrame> {
  const full = withCursor(url, cursor);
  full.protocol = full.protocol === 'https:' ? 'wss:' : 'ws:';
  const socket = new WebSocket(full, [MILLRACE_V1]);
  const inbox = new Inbox();
  let hasOpened = false;
  socket.addEventListener('open', () => {
    hasOpened = true;
  });
  socket.addEventListener('message', ({ data }) => inbox.put(String(data)));
  socket.addEventListener('close', ({ code, reason }) => inbox.end(`closed with ${code}${reason && `: ${reason}`}`));
  const abort = () => socket.close();
  signal.addEventListener('abort', abort, { once: true });
  try {
    for await (const text of inbox.texts()) yield serverFrameSchema.parse(JSON.parse(text));
    if (!hasOpened) await askWhy(url, cursor, signal);
    throw new Error(inbox.endedBy);
  } finally {
    signal.removeEventListener('abort', abort);
    socket.close();
  }
}

/** A refused handshake tells a WebSocket client nothing; the same URL over plain HTTP does. */
async function askWhy(url: string, cursor: string, signal: AbortSignal): Promise<void> {
  await throwForStatus(await fetch(withCursor(url, cursor), { headers: { accept: 'application/json' }, signal }));
}

/** Messages that have arrived and were not taken yet. */
class Inbox {
  readonly #texts: string[] = [];
  #wake = () => {};
  endedBy: string | undefined;

  put(text: string): void {
    this.#texts.push(text);
    this.#wake();
  }

  end(reason: string): void {
    this.endedBy = reason;
    this.#wake();
  }

  async *texts(): AsyncGenerator<string> {
    for (;;) {
      for (const text of this.#texts.splice(0)) yield text;
      if (this.#texts.length > 0) continue;
      if (this.endedBy !== undefined) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
