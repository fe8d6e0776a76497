import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Script, scriptFor } from './scripts.ts';

export interface DevModelOptions {
  /** Default 0: a free one. */
  readonly port?: number;
  /** Between two pieces of an answer. Default 20. */
  readonly delayMs?: number;
  /** The same for the script `slow`. Default 500. */
  readonly slowDelayMs?: number;
  /** Default {@link scriptFor}. */
  readonly script?: ScriptChoice;
}

/** `said` are the texts of all messages, the last one included. */
export type ScriptChoice = (lastMessage: string, said: readonly string[]) => Script;

export interface DevModel extends AsyncDisposable {
  /** For `MILLRACE_MODEL_BASE_URL`. */
  readonly url: string;
  /** Answers that are being given. */
  readonly open: number;
  /** Answers whose reader went away before their end. */
  readonly abandoned: number;
}

const NAME = 'millrace-scripted';
const PIECE = 12;
const MAX_BODY_BYTES = 16 * 1024 * 1024;

/** A server that speaks as OpenAI's does, and says what {@link scriptFor} gives: for trying Millrace without a model. */
export async function startDevModel(options: DevModelOptions = {}): Promise<DevModel> {
  const { port = 0, delayMs = 20, slowDelayMs = 500, script = scriptFor } = options;
  const closing = new AbortController();
  const counts = { open: 0, abandoned: 0 };
  const server = createServer((request, response) => {
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const signal = AbortSignal.any([closing.signal, gone.signal]);
    void respond({ request, response, signal, delayMs, slowDelayMs, script, counts }).catch(() => response.destroy());
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const { port: listening } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${listening}/v1`,
    get open() {
      return counts.open;
    },
    get abandoned() {
      return counts.abandoned;
    },
    async [Symbol.asyncDispose]() {
      closing.abort();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly signal: AbortSignal;
  readonly delayMs: number;
  readonly slowDelayMs: number;
  readonly script: ScriptChoice;
  readonly counts: { open: number; abandoned: number };
}

async function respond(exchange: Exchange): Promise<void> {
  const { request, response, counts, signal } = exchange;
  if (request.method === 'GET' && request.url === '/v1/models') {
    answerJson(response, 200, {
      object: 'list',
      data: [{ id: NAME, object: 'model', owned_by: 'millrace (scripted)' }],
    });
    return;
  }
  if (request.method !== 'POST' || request.url !== '/v1/chat/completions') {
    answerJson(response, 404, { error: { message: 'the scripted model knows /v1/models and /v1/chat/completions' } });
    return;
  }
  const said = messagesOf(await readBody(request));
  const lastMessage = said.at(-1);
  if (lastMessage === undefined) {
    answerJson(response, 400, { error: { message: 'send {"messages":[…],"stream":true}' } });
    return;
  }
  counts.open += 1;
  try {
    await play(exchange.script(lastMessage, said), exchange);
  } finally {
    counts.open -= 1;
    if (signal.aborted && !response.writableEnded) counts.abandoned += 1;
  }
}

async function play(script: Script, { response, signal, delayMs, slowDelayMs }: Exchange): Promise<void> {
  if (script.kind === 'fail') {
    answerJson(response, 500, { error: { message: 'the scripted model fails on purpose' } });
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  const isSlow = script.kind === 'say' && script.pace === 'slow';
  const pause = isSlow ? slowDelayMs : delayMs;
  const piece = script.kind === 'endless' ? script.text.length : PIECE;
  do {
    for (let start = 0; start < script.text.length && !signal.aborted; start += piece) {
      const isTaken = response.write(chunk({ content: script.text.slice(start, start + piece) }));
      if (!isTaken && !signal.aborted) await once(response, 'drain', { signal }).catch(() => {});
      // A turn of the loop at least, so that an endless answer lets others be served.
      await sleep(pause, undefined, { signal }).catch(() => {});
    }
  } while (script.kind === 'endless' && !signal.aborted);
  if (signal.aborted || script.kind === 'disconnect') {
    response.destroy();
    return;
  }
  response.end(`${chunk({}, 'stop')}data: [DONE]\n\n`);
}

function chunk(delta: { readonly content?: string }, finishReason: 'stop' | null = null): string {
  const choices = [{ index: 0, delta: { role: 'assistant', ...delta }, finish_reason: finishReason }];
  const value = { id: 'scripted', object: 'chat.completion.chunk', created: 0, model: NAME, choices };
  return `data: ${JSON.stringify(value)}\n\n`;
}

async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request) {
    bytes += (part as Buffer).byteLength;
    if (bytes > MAX_BODY_BYTES) throw new Error('the request is too large');
    parts.push(part as Buffer);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** The texts of the messages; none for what is no request. */
function messagesOf(body: string): readonly string[] {
  try {
    const { messages = [] } = JSON.parse(body) as { messages?: { content?: unknown }[] };
    return messages.flatMap(({ content }) => {
      if (typeof content === 'string') return [content];
      return Array.isArray(content) ? [content.map((part: { text?: string }) => part.text ?? '').join('')] : [];
    });
  } catch {
    return [];
  }
}

function answerJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}
