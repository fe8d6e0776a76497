import { CLOSE } from '../../protocol/close-codes.ts';
import { MillraceError } from '../../protocol/errors.ts';
import type { Socket, SocketOwner } from '../socket.ts';

/** The close code that stands for a refusal; undefined for one that is answered by HTTP. */
export function closeCodeOf(error: unknown): number | undefined {
  if (!(error instanceof MillraceError)) return undefined;
  if (error.code === 'unauthorized') return CLOSE.unauthorized;
  return error.code === 'forbidden' ? CLOSE.forbidden : undefined;
}

/** A WebSocket that is closed as soon as it is open: a browser learns no HTTP status, but a close code. */
export class RefusedSocket implements SocketOwner {
  readonly #code: number;
  readonly #reason: string;

  constructor(code: number, reason: string) {
    this.#code = code;
    this.#reason = reason;
  }

  opened(socket: Socket): void {
    socket.close(this.#code, this.#reason);
  }

  received(): void {}

  drained(): void {}

  heard(): void {}

  closed(): void {}
}
