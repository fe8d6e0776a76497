/** Deepest nesting of arrays and objects that is taken in. */
export const MAX_JSON_DEPTH = 64;

/** Keys that would reach an object's prototype in a careless reader (PROMISES, security 8). */
export const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** Why parsed JSON must not be taken in, or `undefined` when nothing is wrong with it. */
export function unsafeJson(value: unknown, depth = 0): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth >= MAX_JSON_DEPTH) return `nested deeper than ${MAX_JSON_DEPTH} levels`;
  for (const [key, member] of Object.entries(value)) {
    if (FORBIDDEN_KEYS.has(key)) return `the key "${key}" is not allowed`;
    const reason = unsafeJson(member, depth + 1);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

export function isJsonObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
