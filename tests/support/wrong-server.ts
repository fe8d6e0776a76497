import type { ServerWebSocket } from 'bun';

/** What a server does wrong, on purpose. */
export interface Wrong {
  /** Another query or other headers than were asked with. */
  readonly asked?: (url: URL, headers: Headers) => void;
  /** Other text of a stream, as it comes. */
  readonly streamed?: (text: string) => string;
  /** Another body of an answer. */
  readonly answered?: (body: unknown, status: number) => unknown;
  /** Other text of a frame; undefined for none at all. */
  readonly framed?: (text: string) => string | undefined;
  /** Another close code. */
  readonly closed?: (code: number) => number;
}

interface Relay {
  readonly upstream: WebSocket;
  readonly early: string[];
}

/** A server that is the one at `url`, but for what it does wrong. */
export function wrongServer(url: string, wrong: Wrong) {
  const server = Bun.serve<Relay>({
    hostname: '127.0.0.1',
    port: 0,
    idleTimeout: 60,
    async fetch(request, bun) {
      const asked = new URL(request.url.slice(new URL(request.url).origin.length), url);
      const headers = new Headers(request.headers);
      for (const name of ['host', 'connection', 'accept-encoding']) headers.delete(name);
      if (headers.has('origin')) headers.set('origin', url);
      wrong.asked?.(asked, headers);
      if (request.headers.has('upgrade')) return relay(request, bun, asked, headers);
      const body = request.body === null ? undefined : await request.text();
      const answer = await fetch(asked, {
        method: request.method,
        headers,
        signal: request.signal,
        ...(body === undefined ? {} : { body }),
      });
      const kind = answer.headers.get('content-type') ?? '';
      if (kind.includes('event-stream')) return new Response(changed(answer, wrong), answer);
      const text = await answer.text();
      if (!wrong.answered || !kind.includes('json')) return new Response(text, answer);
      return new Response(JSON.stringify(wrong.answered(JSON.parse(text), answer.status)), answer);
    },
    websocket: {
      open(socket: ServerWebSocket<Relay>) {
        const { upstream, early } = socket.data;
        const pass = (text: string) => {
          const framed = wrong.framed ? wrong.framed(text) : text;
          if (framed !== undefined) socket.send(framed);
        };
        for (const text of early.splice(0)) pass(text);
        upstream.onmessage = ({ data }) => pass(String(data));
        upstream.onclose = ({ code }) => socket.close(wrong.closed ? wrong.closed(code) : code === 1006 ? 1011 : code);
      },
      message: (socket, text) => socket.data.upstream.send(text),
      close: (socket) => socket.data.upstream.close(),
    },
  });
  return { url: `http://127.0.0.1:${server.port}`, [Symbol.asyncDispose]: () => server.stop(true) };
}

async function relay(
  request: Request,
  bun: Bun.Server<Relay>,
  asked: URL,
  headers: Headers,
): Promise<Response | undefined> {
  for (const name of [...headers.keys()].filter((one) => /^(upgrade|sec-websocket-)/.test(one))) headers.delete(name);
  const offered = request.headers.get('sec-websocket-protocol');
  const upstream = new WebSocket(asked.href.replace(/^http/, 'ws'), {
    headers: Object.fromEntries(headers),
    protocols: offered?.split(/, */) ?? [],
  });
  const early: string[] = [];
  upstream.onmessage = ({ data }) => early.push(String(data));
  const isOpen = await new Promise<boolean>((resolve) => {
    upstream.onopen = () => resolve(true);
    upstream.onclose = () => resolve(false);
  });
  if (!isOpen) return fetch(asked, { headers: { ...Object.fromEntries(headers), accept: 'application/json' } });
  const chosen = upstream.protocol === '' ? {} : { headers: { 'Sec-WebSocket-Protocol': upstream.protocol } };
  bun.upgrade(request, { data: { upstream, early }, ...chosen });
  return undefined;
}

/** Whole events at a time, so that none is changed in part. */
function changed(answer: Response, { streamed = (text) => text }: Wrong): ReadableStream<Uint8Array> | null {
  let rest = '';
  return (
    answer.body
      ?.pipeThrough(new TextDecoderStream())
      .pipeThrough(
        new TransformStream<string, string>({
          transform(chunk, controller) {
            const events = `${rest}${chunk}`.split('\n\n');
            rest = events.pop() ?? '';
            for (const event of events) controller.enqueue(streamed(`${event}\n\n`));
          },
        }),
      )
      .pipeThrough(new TextEncoderStream()) ?? null
  );
}
