/** A token is renewed this long before it expires, or when a fifth of its time is left if that is less. */
const MARGIN_MS = 30_000;
const LEFT_SHARE = 0.2;
/** A provider that gives the same token again is not asked more often than this. */
const SHORTEST_MS = 1_000;
/** What a timer can wait at most. */
const LONGEST_MS = 2 ** 31 - 1;

/** When to ask for another token, in milliseconds from now; undefined for a token that names none (RFC 7519 `exp`) or is over. */
export function renewalDelayMs(token: string, wallNow: number): number | undefined {
  const expiresAt = expiryOf(token);
  if (expiresAt === undefined) return undefined;
  const leftMs = expiresAt - wallNow;
  if (leftMs <= 0) return undefined;
  return Math.min(LONGEST_MS, Math.max(SHORTEST_MS, leftMs - Math.min(MARGIN_MS, leftMs * LEFT_SHARE)));
}

function expiryOf(token: string): number | undefined {
  try {
    const payload = token.split('.')[1] ?? '';
    const claims: unknown = JSON.parse(atob(payload.replace(/-/g, '+').replace(/_/g, '/')));
    if (typeof claims !== 'object' || claims === null || !('exp' in claims)) return undefined;
    return typeof claims.exp === 'number' ? claims.exp * 1_000 : undefined;
  } catch {
    // Not a JWT: the server knows when it ends, the client does not.
    return undefined;
  }
}
