/** What a member of a record can be compared with. */
export type Scalar = string | number | boolean | null;

/**
 * One comparison of a member, named by its path: `status`, `comment.status`, `files.0`. A member that is not there meets
 * none, but for `exists` with `false`.
 */
export type Comparison =
  | { readonly path: string; readonly op: 'eq' | 'ne'; readonly value: Scalar }
  | { readonly path: string; readonly op: 'gt' | 'lt'; readonly value: number }
  | { readonly path: string; readonly op: 'in'; readonly value: readonly Scalar[] }
  /** `value` is true by default. */
  | { readonly path: string; readonly op: 'exists'; readonly value?: boolean };

/** Characters of a member that a template shows. */
const MAX_SHOWN = 200;
const PLACE = /\{([^{}]+)\}/g;

/** The member at a path; undefined where there is none. Inherited ones are none. */
export function memberAt(value: unknown, path: string): unknown {
  let member = value;
  for (const part of path.split('.')) {
    if (typeof member !== 'object' || member === null || !Object.hasOwn(member, part)) return undefined;
    member = (member as Readonly<Record<string, unknown>>)[part];
  }
  return member;
}

export function holds(comparison: Comparison, value: unknown): boolean {
  const member = memberAt(value, comparison.path);
  if (comparison.op === 'exists') return (member !== undefined) === (comparison.value ?? true);
  if (member === undefined) return false;
  switch (comparison.op) {
    case 'eq':
      return member === comparison.value;
    case 'ne':
      return member !== comparison.value;
    case 'gt':
      return typeof member === 'number' && member > comparison.value;
    case 'lt':
      return typeof member === 'number' && member < comparison.value;
    case 'in':
      return comparison.value.some((other) => member === other);
    default:
      return comparison satisfies never;
  }
}

/**
 * A template with `{path}` replaced by the members it names, control characters and what is longer than 200 characters
 * cut; undefined when one of them is no text, number or boolean.
 */
export function fillTemplate(template: string, value: unknown, write = (text: string) => text): string | undefined {
  let isWhole = true;
  const text = template.replace(PLACE, (_, path: string) => {
    const member = memberAt(value, path);
    const isShown = typeof member === 'string' || typeof member === 'number' || typeof member === 'boolean';
    isWhole &&= isShown;
    return write(isShown ? shorten(String(member)) : '?');
  });
  return isWhole ? text : undefined;
}

/** As {@link fillTemplate}, with a question mark for what is missing. */
export function fillText(template: string, value: unknown): string {
  return template.replace(PLACE, (place) => fillTemplate(place, value) ?? '?');
}

function shorten(text: string): string {
  const line = text.replace(/\p{Cc}+/gu, ' ');
  return line.length <= MAX_SHOWN ? line : `${line.slice(0, MAX_SHOWN).toWellFormed()}…`;
}
