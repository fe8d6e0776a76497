import type { Tabs } from './environment.ts';
import { runtimeEnvironment } from './runtime-environment.ts';

export interface SessionOptions {
  /**
   * Gives the token of the signed-in user; called before each connect and before the token expires, so it should remember
   * a token that is still good. Undefined connects without one; a `RefusedError` stops the feed.
   */
  readonly token: () => Promise<string | undefined>;
  /** Sessions of this name in other tabs are signed out together. Default `default`. */
  readonly name?: string;
  /** Default: the browser's. */
  readonly tabs?: Tabs | undefined;
}

/** Somebody's being signed in, shared by the feeds of a page and, for its end, by all tabs of the browser. */
export interface Session extends Disposable {
  readonly token: () => Promise<string | undefined>;
  /** Stops every feed of the session and makes it forget its position, here and in the other tabs. */
  signOut(): void;
  /** Told of a sign-out in this tab or another, for example to clear caches; returns the function that unsubscribes. */
  onSignOut(listener: () => void): () => void;
}

export function createSession({ token, name = 'default', tabs = runtimeEnvironment.tabs }: SessionOptions): Session {
  const listeners = new Set<() => void>();
  const tell = () => {
    for (const listener of [...listeners]) listener();
  };
  const channel = tabs?.openChannel(`millrace:1:session:${name}`, (message) => {
    if (message === 'signed-out') tell();
  });
  return {
    token,
    signOut() {
      channel?.post('signed-out');
      tell();
    },
    onSignOut(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    [Symbol.dispose]: () => channel?.close(),
  };
}
