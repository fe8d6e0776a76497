/**
 * The canonical text of a JSON value by RFC 8785: members sorted by the UTF-16 code units of their names, numbers and
 * strings as ECMAScript writes them, no blanks. Throws a TypeError for what I-JSON cannot hold.
 */
export function canonicalJson(value: unknown): string {
  switch (typeof value) {
    case 'string':
      if (!value.isWellFormed()) throw new TypeError('a lone surrogate has no canonical JSON');
      return JSON.stringify(value);
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError(`${value} has no canonical JSON`);
      return JSON.stringify(value);
    case 'boolean':
      return String(value);
    case 'object':
      return value === null ? 'null' : Array.isArray(value) ? canonicalArray(value) : canonicalObject(value);
    default:
      throw new TypeError(`a ${typeof value} has no canonical JSON`);
  }
}

function canonicalArray(values: readonly unknown[]): string {
  return `[${values.map(canonicalJson).join(',')}]`;
}

function canonicalObject(object: object): string {
  // Comparing strings with `<`, as `sort` does by default, is by UTF-16 code units: what the RFC asks for.
  const members = Object.entries(object).sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${members.map(([name, member]) => `${canonicalJson(name)}:${canonicalJson(member)}`).join(',')}}`;
}
