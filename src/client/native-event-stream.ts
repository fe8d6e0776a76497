import type { EventStreamHandlers, Socket } from './environment.ts';

/** Code of a connection that ended without a close frame (RFC 6455 section 7.1.5). */
const ABNORMAL_CLOSURE = 1006;

/**
 * Reads server-sent events by the browser's `EventSource`, which delivers only the types that are listened to. It is
 * closed at its first error: when to come back is the connection's decision (specs/001 AC-2), not the browser's.
 */
export function openNativeEventStream(
  url: string,
  eventTypes: readonly string[],
  { onEvent, onClose }: EventStreamHandlers,
): Socket {
  const source = new EventSource(url);
  const detach = new AbortController();
  const { signal } = detach;
  const close = () => {
    detach.abort();
    source.close();
  };
  for (const type of new Set(eventTypes)) {
    source.addEventListener(
      type,
      ({ data, lastEventId }: MessageEvent<string>) => onEvent({ event: type, id: lastEventId || undefined, data }),
      { signal },
    );
  }
  source.addEventListener(
    'error',
    () => {
      close();
      onClose(ABNORMAL_CLOSURE);
    },
    { signal },
  );
  return { close };
}
