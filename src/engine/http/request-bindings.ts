import type { Context } from 'hono';
import { MillraceError } from '../../protocol/errors.ts';
import type { RequestAudit } from '../audit/request-audit.ts';
import { isAdmin, type Principal } from '../auth/principal.ts';
import type { RequestIdentity } from '../auth/request-identity.ts';
import type { Connection } from '../socket.ts';

/** What the server hands to routes beside the request. */
export interface RequestBindings {
  readonly remoteAddress: () => string;
  readonly connection: Connection;
  readonly identity: RequestIdentity;
  readonly audit: RequestAudit;
}

/** The address at the other end of the connection; empty where the server knows none. */
export function clientAddress(context: Context): string {
  return bindings(context).remoteAddress?.() ?? '';
}

/** Who sends the request; throws `unauthorized`. */
export async function principalOf(context: Context): Promise<Principal> {
  const { identity } = bindings(context);
  if (!identity) throw new MillraceError('unauthorized', 'nobody can be known here');
  return identity.required();
}

/** Who sends the request, or undefined for somebody who shows nothing; throws `unauthorized` for a token that isn't good. */
export async function knownPrincipalOf(context: Context): Promise<Principal | undefined> {
  return bindings(context).identity?.principal();
}

/** Throws `unauthorized` or `forbidden`. */
export async function adminOf(context: Context): Promise<Principal> {
  const principal = await principalOf(context);
  if (!isAdmin(principal)) throw new MillraceError('forbidden', 'only an admin may do this');
  return principal;
}

/** Where to say what a request does, for the audit trail. */
export function auditOf(context: Context): RequestAudit {
  const { audit } = bindings(context);
  if (!audit) throw new Error('requests are not audited here');
  return audit;
}

function bindings(context: Context): Partial<RequestBindings> {
  return (context.env ?? {}) as Partial<RequestBindings>;
}
