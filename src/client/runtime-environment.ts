import { browserTabs } from './browser-tabs.ts';
import type { ClientEnvironment, Socket, SocketHandlers } from './environment.ts';
import { openFetchEventStream } from './fetch-event-stream.ts';
import { openNativeEventStream } from './native-event-stream.ts';
import { createSleepCountingClock } from './sleep-counting-clock.ts';

/** Code of a connection that ended without a close frame (RFC 6455 section 7.1.5). */
const ABNORMAL_CLOSURE = 1006;

/** What the runtime offers, looked up when it is used: a browser page, Bun or Node, whose globals differ. */
export const runtimeEnvironment: ClientEnvironment = {
  now: createSleepCountingClock({ monotonic: () => performance.now(), wall: () => Date.now() }),
  random: () => Math.random(),
  schedule(delayMs, action) {
    const timer = setTimeout(action, delayMs);
    return () => clearTimeout(timer);
  },
  get openSocket() {
    return typeof WebSocket === 'undefined' ? undefined : openWebSocket;
  },
  openEventStream(url, options, handlers) {
    const { eventTypes, headers } = options;
    const isNative = typeof EventSource !== 'undefined' && eventTypes && Object.keys(headers).length === 0;
    return isNative ? openNativeEventStream(url, eventTypes, handlers) : openFetchEventStream(url, options, handlers);
  },
  get tabs() {
    const isAble = typeof BroadcastChannel !== 'undefined' && typeof navigator !== 'undefined' && navigator.locks;
    return isAble ? browserTabs : undefined;
  },
  fetch: (url, init) => fetch(url, init),
  get baseUrl() {
    return typeof location === 'undefined' ? undefined : location.href;
  },
  // Node has no `navigator` or one that says nothing about the network.
  isOnline: () => (typeof navigator === 'undefined' ? true : navigator.onLine !== false),
  onOnlineChange(listener) {
    if (typeof addEventListener === 'undefined') return () => {};
    const stop = new AbortController();
    addEventListener('online', () => listener(true), { signal: stop.signal });
    addEventListener('offline', () => listener(false), { signal: stop.signal });
    return () => stop.abort();
  },
  onPageChange(listener) {
    if (typeof document === 'undefined') return () => {};
    const stop = new AbortController();
    const { signal } = stop;
    document.addEventListener('visibilitychange', () => !document.hidden && listener('shown'), { signal });
    window.addEventListener('pagehide', () => listener('suspended'), { signal });
    window.addEventListener('pageshow', ({ persisted }) => persisted && listener('restored'), { signal });
    return () => stop.abort();
  },
};

function openWebSocket(url: string, protocols: readonly string[], handlers: SocketHandlers): Socket {
  const detach = new AbortController();
  const { signal } = detach;
  const end = (code: number) => {
    detach.abort();
    handlers.onClose(code);
  };
  let socket: WebSocket;
  try {
    socket = new WebSocket(url, [...protocols]);
  } catch {
    // A token that may not stand in a header, or an address that the page may not reach.
    const timer = setTimeout(() => end(ABNORMAL_CLOSURE));
    return { close: () => clearTimeout(timer) };
  }
  const close = () => {
    detach.abort();
    socket.close();
  };
  socket.addEventListener('message', ({ data }) => handlers.onMessage(typeof data === 'string' ? data : ''), {
    signal,
  });
  socket.addEventListener('close', ({ code }) => end(code || ABNORMAL_CLOSURE), { signal });
  // No `close` follows in Chromium where the page's content security policy forbids the address.
  socket.addEventListener(
    'error',
    () => {
      close();
      handlers.onClose(ABNORMAL_CLOSURE);
    },
    { signal },
  );
  return {
    close,
    send(text) {
      if (socket.readyState === WebSocket.OPEN) socket.send(text);
    },
  };
}
