import { eventRequest } from '../../bench/load/events.ts';
import { HttpConnection } from '../../bench/load/http-connection.ts';
import { startServer } from '../../e2e/start-server.ts';
import { feedRequest, type StreamRequest } from './feed-request.ts';
import { MarkScanner } from './mark-scanner.ts';
import { readMetric } from './server-figures.ts';

// A program for a network whose buffers are small: a server, and readers that take a little of a long history at a time.
// Prints a {@link SlowReport}. Its argument is the number of events.

export interface SlowReading {
  readonly transport: StreamRequest['transport'];
  readonly marks: readonly number[];
  readonly resets: number;
}

export interface SlowReport {
  readonly readings: readonly SlowReading[];
  /** The server's largest buffer of one connection, in bytes. */
  readonly largestBuffer: { readonly websocket: number; readonly sse: number };
}

const EVENTS = Number(process.argv[2]);
const PADDING_BYTES = 8 * 1024;
const READ_EVERY_MS = 1;

await using server = await startServer();
const { port, url } = server;
using publisher = await HttpConnection.open(port);
for (let mark = 0; mark < EVENTS; mark += 1) {
  const { status } = await publisher.send(eventRequest(mark, PADDING_BYTES));
  if (status !== 201) throw new Error(`event ${mark} was answered ${status}`);
}

async function readSlowly(transport: StreamRequest['transport']): Promise<SlowReading> {
  const seen = new MarkScanner();
  const socket = await Bun.connect({
    hostname: '127.0.0.1',
    port,
    socket: {
      data(from, chunk) {
        seen.take(chunk);
        from.pause();
      },
    },
  });
  socket.write(feedRequest({ port, path: '/stream?cursor=earliest', transport }));
  while (seen.marks.length < EVENTS && seen.resets === 0) {
    await Bun.sleep(READ_EVERY_MS);
    socket.resume();
  }
  socket.terminate();
  return { transport, marks: seen.marks, resets: seen.resets };
}

const readings: SlowReading[] = [];
for (const transport of ['websocket-v1', 'websocket', 'sse'] as const) readings.push(await readSlowly(transport));
const largest = async (transport: string) =>
  (await readMetric(url, `millrace_socket_buffer_max_bytes{transport="${transport}"}`)) ?? Number.NaN;
const largestBuffer = { websocket: await largest('websocket'), sse: await largest('sse') };
console.log(JSON.stringify({ readings, largestBuffer } satisfies SlowReport));
