import { EventSourceParserStream } from 'eventsource-parser/stream';
import { eventMessageSchema, type ServerFrame, serverFrameSchema } from '../../protocol/frames.ts';
import { type TransportRequest, throwForStatus, withCursor } from './feed-transport.ts';

const CONTROL_EVENTS: ReadonlySet<string> = new Set(['hello', 'heartbeat', 'reset']);

/** The feed as server-sent events; an event that is none of the protocol's own becomes a batch of one. */
export async function* sseTransport({ url, cursor, signal }: TransportRequest): AsyncGenerator<ServerFrame> {
  const response = await fetch(withCursor(url, cursor), { headers: { accept: 'text/event-stream' }, signal });
  await throwForStatus(response);
  if (!response.body) throw new Error('the server sent no stream');
  const events = response.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
  let position = cursor;
  for await (const { event = 'message', data } of events) {
    const value: unknown = JSON.parse(data);
    if (CONTROL_EVENTS.has(event)) {
      const frame = serverFrameSchema.parse({ ...(value as object), type: event });
      if ('cursor' in frame) position = frame.cursor;
      yield frame;
    } else {
      const message = eventMessageSchema.parse(value);
      yield { type: 'batch', from: position, to: message.cursor, events: [message] };
      position = message.cursor;
    }
  }
  throw new Error('the server ended the stream');
}
