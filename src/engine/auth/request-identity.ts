import { MillraceError } from '../../protocol/errors.ts';
import type { Authenticator } from './authenticator.ts';
import type { Principal } from './principal.ts';

/** Who sends one request: found out when somebody asks, and once, because a ticket is used up by it. */
export class RequestIdentity {
  readonly #find: () => Promise<Principal | undefined>;
  #found: Promise<Principal | undefined> | undefined;

  constructor(authenticator: Authenticator, request: Request, url: URL) {
    this.#find = () => authenticator.authenticate(request, url);
  }

  /** Undefined for a request that shows nothing; throws `unauthorized` for one that shows something bad. */
  principal(): Promise<Principal | undefined> {
    this.#found ??= this.#find();
    return this.#found;
  }

  /** Throws `unauthorized` for a request that shows nothing, too. */
  async required(): Promise<Principal> {
    const principal = await this.principal();
    if (!principal) throw new MillraceError('unauthorized', 'this needs a token: see `millrace token`');
    return principal;
  }
}
