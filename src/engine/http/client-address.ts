import type { Context } from 'hono';

/** What the server hands to routes beside the request. */
export interface RequestBindings {
  readonly remoteAddress: () => string;
}

/** The address at the other end of the connection; empty where the server knows none. */
export function clientAddress(context: Context): string {
  const { remoteAddress } = (context.env ?? {}) as Partial<RequestBindings>;
  return remoteAddress?.() ?? '';
}
