import type { SocketHandlers } from '../../src/client/environment.ts';
import type { Chance } from './chance.ts';
import { Exchange } from './exchange.ts';
import type { Link, Path, Peer } from './link.ts';
import type { Scheduler } from './scheduler.ts';
import type { Sights } from './sights.ts';
import { SocketLink } from './socket-link.ts';
import type { Trace } from './trace.ts';

export interface NetworkOptions {
  readonly scheduler: Scheduler;
  readonly chance: Chance;
  readonly sights: Sights;
  readonly trace: Trace;
  readonly server: () => Peer | undefined;
  readonly violate: (what: string) => void;
}

/** All connections between the clients and the server. */
export class Network {
  readonly #options: NetworkOptions;
  readonly #links = new Set<Link>();

  constructor(options: NetworkOptions) {
    this.#options = options;
  }

  /** Those that are open, oldest first. */
  get links(): readonly Link[] {
    return [...this.#links];
  }

  openSocket(path: Path, url: string, protocols: readonly string[], handlers: SocketHandlers) {
    const headers = {
      connection: 'Upgrade',
      upgrade: 'websocket',
      ...(protocols.length > 0 ? { 'sec-websocket-protocol': protocols.join(', ') } : {}),
    };
    const request = new Request(url.replace('ws:', 'http:'), { headers });
    const link: SocketLink = new SocketLink({
      ...this.#options,
      path,
      request,
      handlers,
      onOver: () => this.#links.delete(link),
    });
    this.#links.add(link);
    return link.clientSide;
  }

  fetch(path: Path, url: string, init: { readonly headers?: HeadersInit; readonly signal?: AbortSignal | null }) {
    return new Promise<Response>((resolve, reject) => {
      const { headers = {}, signal } = init;
      if (!signal || signal.aborted) {
        reject(new DOMException('aborted before it began', 'AbortError'));
        return;
      }
      const link: Exchange = new Exchange({
        ...this.#options,
        ...{ path, url, headers, signal, resolve, reject },
        onOver: () => this.#links.delete(link),
      });
      this.#links.add(link);
    });
  }

  /** A process has ended, and its machine says so to everybody whom it can reach. */
  endAll(peer: Peer): void {
    for (const link of this.links) if (link.isTo(peer)) link.cut();
  }

  /** What was told about a path has changed. */
  moveAll(): void {
    for (const link of this.#links) link.move();
  }
}
