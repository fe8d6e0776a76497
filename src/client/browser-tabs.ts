import type { Tabs } from './environment.ts';

/** Tabs that find each other by Web Locks and BroadcastChannel. */
export const browserTabs: Tabs = {
  // Not `crypto.randomUUID`, which a page without TLS lacks.
  createId: () => `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`,
  openChannel(name, onMessage) {
    const channel = new BroadcastChannel(name);
    channel.onmessage = ({ data }: MessageEvent<unknown>) => onMessage(data);
    return {
      post: (message) => channel.postMessage(message),
      close: () => channel.close(),
    };
  },
  holdLock(name, signal, task) {
    // Rejected when the wait is given up, and in pages that may hold no locks: those never lead.
    navigator.locks.request(name, { signal }, task).catch(() => {});
  },
};
