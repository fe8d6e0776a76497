import { randomBytes } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Principal } from './principal.ts';

/** A ticket opens one connection within this time (CONTRACT, 002). */
const TICKET_MS = 30_000;
/** Tickets that may wait to be used; the oldest goes first. */
const MAX_TICKETS = 10_000;

interface Issued {
  readonly principal: Principal;
  readonly expiresAt: number;
}

/** One-use stand-ins for a token, for clients that can put a secret into nothing but a URL. */
export class Tickets {
  readonly #clock: Clock;
  /** In the order they were given out, which is that of their expiry. */
  readonly #issued = new Map<string, Issued>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  issue(principal: Principal): { readonly ticket: string; readonly expiresInMs: number } {
    this.#forgetOld();
    const ticket = randomBytes(24).toString('base64url');
    this.#issued.set(ticket, { principal, expiresAt: this.#clock.monotonic() + TICKET_MS });
    return { ticket, expiresInMs: TICKET_MS };
  }

  /** Whom the ticket was given to; it is used up by this. */
  redeem(ticket: string): Principal | undefined {
    const issued = this.#issued.get(ticket);
    this.#issued.delete(ticket);
    return issued && issued.expiresAt > this.#clock.monotonic() ? issued.principal : undefined;
  }

  #forgetOld(): void {
    const now = this.#clock.monotonic();
    for (const [ticket, { expiresAt }] of this.#issued) {
      if (expiresAt > now && this.#issued.size < MAX_TICKETS) return;
      this.#issued.delete(ticket);
    }
  }
}
