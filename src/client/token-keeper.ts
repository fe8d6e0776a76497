import type { ClientEnvironment } from './environment.ts';
import { renewalDelayMs } from './token-expiry.ts';

/** The token of one connection, renewed before it expires. */
export interface TokenKeeper {
  /** The token in force. */
  current(): string | undefined;
  /** Asks for a token, as before each connect, and plans its renewal. */
  ask(): Promise<void>;
  /** Plans no more renewals until `ask`. */
  stop(): void;
}

export interface TokenKeeperOptions {
  readonly environment: ClientEnvironment;
  readonly provide: () => Promise<string | undefined>;
  readonly onRenewed: (token: string) => void;
  readonly onFailed: (cause: unknown) => void;
}

export function createTokenKeeper({ environment, provide, onRenewed, onFailed }: TokenKeeperOptions): TokenKeeper {
  let token: string | undefined;
  let cancel = () => {};

  function plan(): void {
    cancel();
    const wallNow = environment.wallNow?.() ?? Date.now();
    const delayMs = token === undefined ? undefined : renewalDelayMs(token, wallNow);
    if (delayMs === undefined) return;
    let isCancelled = false;
    const cancelTimer = environment.schedule(delayMs, () => {
      provide().then(
        (next) => {
          if (isCancelled || next === undefined) return;
          const isNew = next !== token;
          token = next;
          plan();
          if (isNew) onRenewed(next);
        },
        (cause: unknown) => !isCancelled && onFailed(cause),
      );
    });
    cancel = () => {
      isCancelled = true;
      cancelTimer();
    };
  }

  return {
    current: () => token,
    async ask() {
      cancel();
      token = await provide();
      plan();
    },
    stop: () => cancel(),
  };
}
