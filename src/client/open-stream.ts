import type { ServerFrame } from '../protocol/frames.ts';
import { SUBPROTOCOL } from '../protocol/subprotocol.ts';
import { authorization } from './authorization.ts';
import type { ClientEnvironment, Socket } from './environment.ts';
import { feedUrl } from './feed-url.ts';
import { CONTROL_EVENT_TYPES, closeCodeOf, frameOfStreamEvent, frameOfText, positionAfter } from './stream-frame.ts';

/** How the stream of a feed is read; pages are the same on both. */
export type StreamTransport = 'websocket' | 'sse';

export interface StreamRequest {
  readonly url: string;
  readonly transport: StreamTransport;
  readonly cursor: string | undefined;
  /** The client's own name for this connection and those that follow it; undefined for none. */
  readonly connection?: string | undefined;
  /** The feed's own event types; undefined reads the stream so that every type is delivered. */
  readonly eventTypes: readonly string[] | undefined;
  /** The token in force, asked for at the moment it is needed; undefined for a feed without one. */
  readonly token: () => string | undefined;
}

export interface StreamHandlers {
  onFrame(frame: ServerFrame): void;
  /** What came was no frame; the stream goes on. */
  onInvalid(cause: unknown): void;
  onClose(code: number): void;
}

export type OpenStream = typeof openStream;

/** Opens the stream of one attempt and gives what it carries as frames, whatever the transport. */
export function openStream(environment: ClientEnvironment, request: StreamRequest, handlers: StreamHandlers): Socket {
  const { onClose } = handlers;
  const { baseUrl } = environment;
  const { cursor, connection } = request;
  const take = (decode: () => ServerFrame): void => {
    let frame: ServerFrame;
    try {
      frame = decode();
    } catch (cause) {
      handlers.onInvalid(cause);
      return;
    }
    handlers.onFrame(frame);
  };
  if (request.transport === 'websocket' && environment.openSocket) {
    const url = feedUrl(request.url, baseUrl, { socket: true, cursor, connection });
    const token = request.token();
    // A browser can give a WebSocket no headers. The server echoes the first protocol, so that is Millrace's own.
    const protocols = token === undefined ? [SUBPROTOCOL] : [SUBPROTOCOL, 'bearer', token];
    return environment.openSocket(url, protocols, { onMessage: (text) => take(() => frameOfText(text)), onClose });
  }
  let position = request.cursor;
  const url = feedUrl(request.url, baseUrl, { socket: false, cursor, connection });
  const eventTypes = request.eventTypes && [...CONTROL_EVENT_TYPES, ...request.eventTypes];
  const stream = environment.openEventStream(
    url,
    { eventTypes, headers: authorization(request.token()) },
    {
      onEvent(event) {
        const code = closeCodeOf(event);
        if (code !== undefined) {
          stream.close();
          onClose(code);
          return;
        }
        take(() => {
          const frame = frameOfStreamEvent(event, position);
          position = positionAfter(frame, position);
          return frame;
        });
      },
      onClose,
    },
  );
  return stream;
}
