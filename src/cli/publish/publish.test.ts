import { afterEach, describe, expect, it } from 'vitest';
import { CommandFailure } from '../failure.ts';
import { type PublishOptions, publish } from './publish.ts';

type Handler = (body: string, key: string) => Response | Promise<Response>;

const LINES = ['{"n":1}', '{"n":2}', '{"n":3}', '{"n":4}'];
let server: Bun.Server<undefined> | undefined;

afterEach(async () => {
  await server?.stop(true);
});

/** Publishes the lines in batches of two to a server that answers as told; no time passes between tries. */
async function run(handler: Handler, options: Partial<PublishOptions> = {}) {
  const requests: { body: string; key: string }[] = [];
  const waits: number[] = [];
  server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    async fetch(request) {
      const [body, key] = [await request.text(), request.headers.get('idempotency-key') ?? ''];
      requests.push({ body, key });
      return handler(body, key);
    },
  });
  const input = (async function* () {
    for (let start = 0; start < LINES.length; start += 2) {
      yield LINES.slice(start, start + 2).map((text, index) => ({
        place: `line ${start + index + 1}`,
        text,
        readBytes: 0,
      }));
    }
  })();
  const result = publish(input, {
    endpoint: `http://127.0.0.1:${server.port}/events`,
    key: 'k',
    retries: 3,
    maxRefused: 10,
    sleep: async (ms) => {
      waits.push(ms);
    },
    ...options,
  });
  return { result, requests, waits };
}

function accepted(): Response {
  return Response.json({ accepted: 2, first_id: 1, last_id: 2 }, { status: 201 });
}

describe('publish', () => {
  it('sends batches in order, each under its own key', async () => {
    const { result, requests } = await run(accepted);
    expect(await result).toMatchObject({ accepted: 4, refused: [], requests: 2, retries: 0, firstId: 1, lastId: 2 });
    expect(requests).toEqual([
      { body: '{"n":1}\n{"n":2}', key: 'k-1' },
      { body: '{"n":3}\n{"n":4}', key: 'k-2' },
    ]);
  });

  it('waits as long as Retry-After says and sends the same body under the same key again', async () => {
    let isBusy = true;
    const { result, requests, waits } = await run(() => {
      if (!isBusy) return accepted();
      isBusy = false;
      return Response.json(
        { error: 'TooManyRequests', message: 'full' },
        { status: 429, headers: { 'retry-after': '7' } },
      );
    });
    expect(await result).toMatchObject({ accepted: 4, requests: 2, retries: 1 });
    expect(waits).toEqual([7_000]);
    expect(requests[0]).toEqual(requests[1]);
  });

  it('gives up after so many tries', async () => {
    const { result, requests } = await run(() => new Response('down', { status: 503 }));
    await expect(result).rejects.toThrow(CommandFailure);
    expect(requests).toHaveLength(4);
  });

  it('leaves a refused line out, names it, and sends the rest under another key', async () => {
    const { result, requests } = await run((body) => {
      const line = body.split('\n').indexOf('{"n":2}') + 1;
      if (line === 0) return accepted();
      return Response.json(
        { error: 'ValidationError', message: `line ${line}: wrong`, details: { line } },
        { status: 400 },
      );
    });
    expect(await result).toMatchObject({ accepted: 3, refused: [{ place: 'line 2', message: 'wrong' }] });
    expect(requests.map(({ key }) => key)).toEqual(['k-1', 'k-1.1', 'k-2']);
    expect(requests[1]?.body).toBe('{"n":1}');
  });

  it('halves a batch that is too large, and refuses a line that is too large alone', async () => {
    const { result, requests } = await run((body) => {
      const isTooLarge = body.includes('\n') || body === '{"n":3}';
      return isTooLarge ? new Response('', { status: 413 }) : accepted();
    });
    expect(await result).toMatchObject({ accepted: 3, refused: [{ place: 'line 3' }] });
    expect(requests.map(({ key }) => key)).toEqual(['k-1', 'k-1a', 'k-1b', 'k-2', 'k-2a', 'k-2b']);
  });

  it('stops when too many lines are refused, and when the whole request is', async () => {
    const refuseFirst: Handler = () => Response.json({ message: 'wrong', details: { line: 1 } }, { status: 400 });
    await expect((await run(refuseFirst, { maxRefused: 2 })).result).rejects.toThrow('stopped after 3 refused lines');
    await server?.stop(true);
    const forbid: Handler = () => Response.json({ error: { message: 'not from here' } }, { status: 403 });
    await expect((await run(forbid)).result).rejects.toThrow('HTTP 403: not from here');
  });
});
