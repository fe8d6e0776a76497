import type { SocketHandlers } from '../../src/client/environment.ts';
import type { Socket, SocketOwner } from '../../src/engine/socket.ts';
import { CLOSE } from '../../src/protocol/close-codes.ts';
import { Link, type LinkOptions } from './link.ts';

/** Code of a connection that ended without a close frame (RFC 6455 section 7.1.5). */
const ABNORMAL_CLOSURE = 1006;
const CONTROL_BYTES = 8;
/** Rows that were read already still go out after events that have filled the socket. */
const ROW_BATCHES = 1;

export interface SocketLinkOptions extends LinkOptions {
  readonly request: Request;
  readonly handlers: SocketHandlers;
}

/** One WebSocket, from the handshake to its end. */
export class SocketLink extends Link {
  readonly #options: SocketLinkOptions;
  #owner: SocketOwner | undefined;
  #hasClientEnded = false;
  #hasServerEnded = false;
  /** A send was answered with `full`: the server waits to hear that there is room. */
  #owesDrain = false;
  #sendsWhileFull = 0;

  constructor(options: SocketLinkOptions) {
    super(options);
    this.#options = options;
    this.up.push(options.request.url.length, () => this.#connect());
  }

  /** What the client holds. */
  readonly clientSide = {
    close: () => {
      if (this.#hasClientEnded) return;
      this.#hasClientEnded = true;
      this.up.push(CONTROL_BYTES, () => {
        this.end();
        this.peer?.clock.run(() => this.#owner?.closed(CLOSE.normal, ''));
      });
    },
    send: (text: string) => {
      this.up.push(text.length, () => this.peer?.clock.run(() => this.#owner?.received(text)));
    },
  };

  readonly #serverSide: Socket = {
    send: (text) => {
      if (this.isOver || this.#hasServerEnded) return 'closed';
      this.#sendsWhileFull += this.#owesDrain ? 1 : 0;
      if (this.#sendsWhileFull > ROW_BATCHES) {
        this.#options.violate(`${this.#options.path.name} was written to while its socket was full`);
      }
      const parts = this.partsOf(text.length);
      this.sendParts(parts, (part) => {
        if (part === parts.length - 1) this.#receive(text);
      });
      this.spendOnSend();
      this.#owesDrain ||= this.isFull;
      return this.isFull ? 'full' : 'sent';
    },
    buffered: () => this.down.size,
    ping: () => {
      this.down.push(CONTROL_BYTES, () => {
        this.up.push(CONTROL_BYTES, () => this.peer?.clock.run(() => this.#owner?.heard()));
      });
    },
    close: (code, reason) => {
      if (this.#hasServerEnded) return;
      this.#hasServerEnded = true;
      if (code === CLOSE.pongTimeout) this.#options.sights.see('pongTimeouts');
      // Bun loses a close frame that doesn't fit into the socket.
      const told = this.isFull ? ABNORMAL_CLOSURE : code;
      this.down.push(CONTROL_BYTES, () => {
        this.end();
        this.#tellClient(told);
      });
      this.#owner?.closed(code, reason);
    },
    cork: (body) => body(),
  };

  protected override endedForClient(): void {
    this.#tellClient(ABNORMAL_CLOSURE);
  }

  protected override endedForServer(): void {
    if (this.#hasServerEnded) return;
    this.#hasServerEnded = true;
    this.#owner?.closed(ABNORMAL_CLOSURE, '');
  }

  protected override drained(): void {
    if (this.#hasServerEnded || !this.#owesDrain) return;
    this.#owesDrain = false;
    this.#sendsWhileFull = 0;
    this.#owner?.drained();
  }

  #connect(): void {
    const { server, request, path, sights } = this.#options;
    const life = server();
    if (!life || !path.takesStreams) {
      sights.see(life ? 'refusedStreams' : 'refusedConnects');
      this.#refuse();
      return;
    }
    this.peer = life;
    life.clock.run(() => {
      life
        .handle(request, {
          remoteAddress: () => path.name,
          upgrade: (owner) => {
            this.#owner = owner;
            owner.opened(this.#serverSide);
            if (this.isOver) life.clock.defer(() => this.endedForServer());
            return true;
          },
          allowSilence: () => {},
        })
        .then(
          (response) => response && this.#refuse(),
          () => this.cut(),
        );
    });
  }

  #refuse(): void {
    this.down.push(CONTROL_BYTES, () => {
      this.end();
      this.#tellClient(ABNORMAL_CLOSURE);
    });
  }

  #receive(text: string): void {
    if (this.#hasClientEnded) return;
    this.#options.handlers.onMessage(text);
  }

  #tellClient(code: number): void {
    if (this.#hasClientEnded) return;
    this.#hasClientEnded = true;
    this.#options.handlers.onClose(code);
  }
}
