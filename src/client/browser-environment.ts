import type { ClientEnvironment } from './environment.ts';

/** Code of a connection that ended without a close frame (RFC 6455 section 7.1.5). */
const ABNORMAL_CLOSURE = 1006;

/** The environment of a browser page. */
export const browserEnvironment: ClientEnvironment = {
  now: () => performance.now(),
  random: () => Math.random(),
  schedule(delayMs, action) {
    const timer = setTimeout(action, delayMs);
    return () => clearTimeout(timer);
  },
  openSocket(url, protocols, handlers) {
    const socket = new WebSocket(url, [...protocols]);
    const detach = new AbortController();
    const { signal } = detach;
    socket.addEventListener('message', ({ data }) => handlers.onMessage(typeof data === 'string' ? data : ''), {
      signal,
    });
    socket.addEventListener(
      'close',
      ({ code }) => {
        detach.abort();
        handlers.onClose(code || ABNORMAL_CLOSURE);
      },
      { signal },
    );
    return {
      close() {
        detach.abort();
        socket.close();
      },
    };
  },
  fetch: (url, init) => fetch(url, init),
  get baseUrl() {
    return location.href;
  },
  isOnline: () => navigator.onLine,
  onOnlineChange(listener) {
    const stop = new AbortController();
    addEventListener('online', () => listener(true), { signal: stop.signal });
    addEventListener('offline', () => listener(false), { signal: stop.signal });
    return () => stop.abort();
  },
};
