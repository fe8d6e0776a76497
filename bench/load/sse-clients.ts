import { EventSourceParserStream } from 'eventsource-parser/stream';
import { readMarks } from './events.ts';

/** Opens streams that call `received` with the mark of every event and their own number; settles when each has been greeted. */
export async function openSseClients(
  port: number,
  count: number,
  received: (mark: number, client: number) => void,
): Promise<Disposable> {
  const ended = new AbortController();
  const clients = Array.from({ length: count }, (_, client) =>
    openOne(port, ended.signal, (mark) => received(mark, client)),
  );
  await Promise.all(clients);
  return { [Symbol.dispose]: () => ended.abort() };
}

async function openOne(port: number, signal: AbortSignal, received: (mark: number) => void): Promise<void> {
  const headers = { accept: 'text/event-stream' };
  const response = await fetch(`http://127.0.0.1:${port}/stream`, { headers, signal });
  if (!response.body) throw new Error(`the stream was answered ${response.status}`);
  // The parser's declarations are those of a browser's streams.
  const text = response.body.pipeThrough(new TextDecoderStream() as unknown as TransformStream<Uint8Array, string>);
  const events = text.pipeThrough(new EventSourceParserStream());
  return new Promise((greeted, failed) => {
    const read = async () => {
      for await (const { event, data } of events) {
        if (event === 'hello') greeted();
        const bytes = Buffer.from(data);
        if (event === 'event') readMarks(bytes, 0, bytes.length, received);
      }
    };
    // The stream ends by being aborted; before the greeting that is a failure.
    read().catch(failed);
  });
}
