import { MillraceError } from '../../protocol/errors.ts';
import type { Authenticator } from '../auth/authenticator.ts';
import type { Principal } from '../auth/principal.ts';

export interface FeedSessionOptions {
  readonly authenticator: Authenticator;
  readonly principal: Principal;
  /** Whether somebody would see the same as now; throws `forbidden` for one who may see nothing. */
  readonly seesTheSame: (principal: Principal) => Promise<boolean>;
}

export const EXPIRED = 'the token has expired or was revoked';

/** On whose authority a connection is open. */
export class FeedSession {
  readonly #authenticator: Authenticator;
  readonly #seesTheSame: FeedSessionOptions['seesTheSame'];
  #principal: Principal;
  #refreshes = 0;

  constructor({ authenticator, principal, seesTheSame }: FeedSessionOptions) {
    this.#authenticator = authenticator;
    this.#principal = principal;
    this.#seesTheSame = seesTheSame;
  }

  get principal(): Principal {
    return this.#principal;
  }

  /** Whether it has expired or was revoked: the connection must end. */
  isOver(): boolean {
    return this.#authenticator.isOver(this.#principal);
  }

  /**
   * Goes on with another token of the same user. `changed`: the new token allows something else, so that the connection has
   * to be opened again. Throws `unauthorized` or `forbidden`.
   */
  async refresh(token: string): Promise<'kept' | 'changed'> {
    this.#refreshes += 1;
    const turn = this.#refreshes;
    const principal = await this.#authenticator.verify(token);
    if (principal.sub !== this.#principal.sub) throw new MillraceError('unauthorized', 'the token is of another user');
    const isSame = await this.#seesTheSame(principal);
    // Of two that overtake each other the one that was sent last holds.
    if (turn === this.#refreshes) this.#principal = principal;
    return isSame ? 'kept' : 'changed';
  }
}
