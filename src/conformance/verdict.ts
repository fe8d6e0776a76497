import { isDeepStrictEqual } from 'node:util';

/** The server does not do what the criterion asks; the message says what was found instead. */
export class CaseFailure extends Error {
  override readonly name = 'CaseFailure';
}

/** The criterion cannot be judged from here; the message says why. */
export class CaseSkipped extends Error {
  override readonly name = 'CaseSkipped';
}

/** What a value must look like: a schema of zod. */
export interface Shape<Value> {
  safeParse(value: unknown): {
    readonly success: boolean;
    readonly data?: Value;
    readonly error?: {
      readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[];
    };
  };
}

export function expectThat(isSo: boolean, otherwise: string): asserts isSo {
  if (!isSo) throw new CaseFailure(otherwise);
}

export function expectEqual(found: unknown, expected: unknown, what: string): void {
  if (!isDeepStrictEqual(found, expected)) {
    throw new CaseFailure(`${what}: expected ${shown(expected)}, found ${shown(found)}`);
  }
}

/** The value, once it has the shape. */
export function expectShape<Value>(value: unknown, shape: Shape<Value>, what: string): Value {
  const { success, data, error } = shape.safeParse(value);
  if (success) return data as Value;
  const issues = (error?.issues ?? []).map(({ path, message }) => `${path.map(String).join('.') || 'it'}: ${message}`);
  throw new CaseFailure(`${what}: ${issues.join('; ')}, in ${shown(value)}`);
}

const MAX_SHOWN = 400;

function shown(value: unknown): string {
  const text = value === undefined ? 'nothing' : (JSON.stringify(value) ?? String(value));
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}
