import type {
  ClientEnvironment,
  EventStreamHandlers,
  EventStreamOptions,
  SocketHandlers,
} from '../../src/client/environment.ts';
import { openFetchEventStream } from '../../src/client/fetch-event-stream.ts';
import type { Chance } from './chance.ts';
import type { Path } from './link.ts';
import type { Network } from './network.ts';
import type { Scheduler } from './scheduler.ts';

export interface EnvironmentOptions {
  readonly scheduler: Scheduler;
  readonly chance: Chance;
  readonly network: Network;
  readonly path: Path;
  /** Something came on a stream. */
  readonly onHeard: () => void;
  readonly onStreamEnded: (code: number) => void;
}

/** What one client runs in. Server-sent events are read by the client's own code over simulated bytes. */
export class SimulatedEnvironment implements ClientEnvironment {
  readonly baseUrl = 'http://millrace.test/';
  readonly random: () => number;
  readonly #options: EnvironmentOptions;
  readonly #onlineListeners = new Set<(isOnline: boolean) => void>();
  #timers = 0;
  #isOnline = true;

  constructor(options: EnvironmentOptions) {
    this.#options = options;
    this.random = options.chance.number;
  }

  /** Timers and listeners that are left. */
  get leftovers(): number {
    return this.#timers + this.#onlineListeners.size;
  }

  setOnline(isOnline: boolean): void {
    this.#isOnline = isOnline;
    for (const listener of [...this.#onlineListeners]) listener(isOnline);
  }

  readonly now = (): number => this.#options.scheduler.now;

  readonly schedule: ClientEnvironment['schedule'] = (delayMs, action) => {
    this.#timers += 1;
    let isOpen = true;
    const end = () => {
      if (isOpen) this.#timers -= 1;
      isOpen = false;
    };
    const cancel = this.#options.scheduler.after(delayMs, () => {
      end();
      action();
    });
    return () => {
      end();
      cancel();
    };
  };

  readonly openSocket = (url: string, protocols: readonly string[], { onMessage, onClose }: SocketHandlers) => {
    const { network, path, onHeard, onStreamEnded } = this.#options;
    return network.openSocket(path, url, protocols, {
      onMessage(text) {
        onHeard();
        onMessage(text);
      },
      onClose(code) {
        onStreamEnded(code);
        onClose(code);
      },
    });
  };

  readonly openEventStream = (url: string, options: EventStreamOptions, { onEvent, onClose }: EventStreamHandlers) => {
    const { network, path, onHeard, onStreamEnded } = this.#options;
    const fetch = (target: string, init: RequestInit) => network.fetch(path, target, init);
    return openFetchEventStream(
      url,
      { ...options, fetch },
      {
        onEvent(event) {
          onHeard();
          onEvent(event);
        },
        onClose(code) {
          onStreamEnded(code);
          onClose(code);
        },
      },
    );
  };

  readonly fetch: ClientEnvironment['fetch'] = (url, init) =>
    this.#options.network.fetch(this.#options.path, url, init);

  readonly isOnline = (): boolean => this.#isOnline;

  readonly onOnlineChange: ClientEnvironment['onOnlineChange'] = (listener) => {
    this.#onlineListeners.add(listener);
    return () => this.#onlineListeners.delete(listener);
  };
}
