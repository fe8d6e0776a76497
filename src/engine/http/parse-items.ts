import { MillraceError } from '../../protocol/errors.ts';
import type { BodyFormat } from './body-format.ts';
import { type Issue, issueText } from './issues.ts';

/** What a check says of one item of a body. */
export type CheckedItem<Item> =
  | { readonly ok: true; readonly item: Item }
  | { readonly ok: false; readonly issues: readonly Issue[] };

export type ParsedItems<Item> =
  | { readonly kind: 'single'; readonly item: Item }
  | { readonly kind: 'batch'; readonly items: readonly Item[] };

/** Where in a batch something stands: lines count from 1 as editors do, indexes from 0 as arrays do. */
type Place = { readonly line?: number; readonly index?: number };

/** One item, an array of them, or one per line. Throws `invalid_request` naming the first bad line or index. */
export function parseItems<Item>(
  text: string,
  format: BodyFormat,
  check: (value: unknown) => CheckedItem<Item>,
): ParsedItems<Item> {
  if (format === 'ndjson') return batch(parseLines(text, check));
  const value = parseJson(text, {});
  if (!Array.isArray(value)) return { kind: 'single', item: itemOf(check(value), {}) };
  return batch(value.map((member: unknown, index) => itemOf(check(member), { index })));
}

function parseLines<Item>(text: string, check: (value: unknown) => CheckedItem<Item>): Item[] {
  const items: Item[] = [];
  let line = 1;
  for (let start = 0; start < text.length; line += 1) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    const content = text.slice(start, end);
    start = end + 1;
    if (content.trim() === '') continue;
    items.push(itemOf(check(parseJson(content, { line })), { line }));
  }
  return items;
}

function parseJson(text: string, place: Place): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalid('invalid JSON', place, { cause });
  }
}

function itemOf<Item>(checked: CheckedItem<Item>, place: Place): Item {
  if (checked.ok) return checked.item;
  const { issues } = checked;
  throw invalid(issueText(issues), place, { issues });
}

function batch<Item>(items: readonly Item[]): ParsedItems<Item> {
  if (items.length === 0) throw new MillraceError('invalid_request', 'the batch is empty');
  return { kind: 'batch', items };
}

function invalid(message: string, place: Place, found: { issues?: unknown; cause?: unknown }): MillraceError {
  const where =
    place.line === undefined ? (place.index === undefined ? '' : `index ${place.index}: `) : `line ${place.line}: `;
  const { issues = [{ path: '', message }], cause } = found;
  return new MillraceError('invalid_request', `${where}${message}`, { details: { ...place, issues }, cause });
}
