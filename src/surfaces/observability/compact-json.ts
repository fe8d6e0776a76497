import { FORBIDDEN_KEYS } from '../../engine/http/json-safety.ts';

interface Caps {
  readonly stringLength: number;
  readonly members: number;
  readonly depth: number;
}

/** Tried in order until the text fits: long strings go first, because they are mostly file contents and tool output. */
const CAPS: readonly Caps[] = [
  { stringLength: 16_384, members: 1_000, depth: 32 },
  { stringLength: 4_096, members: 500, depth: 16 },
  { stringLength: 1_024, members: 100, depth: 8 },
  { stringLength: 256, members: 20, depth: 5 },
  { stringLength: 64, members: 8, depth: 3 },
  { stringLength: 32, members: 4, depth: 2 },
];

/**
 * Text of the JSON value in at most `maxLength` characters. What had to be left out is marked where it stood, so that
 * the text stays valid JSON and never looks complete when it isn't. Keys that could reach a prototype are renamed.
 */
export function compactJson(value: unknown, maxLength: number): string {
  for (const caps of CAPS) {
    const text = JSON.stringify(shorten(value, caps, 0));
    if (text.length <= maxLength) return text;
  }
  return '{"truncated":true}';
}

/** At most `maxLength` characters of the text, the last one an ellipsis when something was cut; never half a character. */
export function clip(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  return `${wholeCharacters(text, maxLength - 1)}…`;
}

function shorten(value: unknown, caps: Caps, depth: number): unknown {
  if (typeof value === 'string') return shortenString(value, caps.stringLength);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= caps.depth) return Array.isArray(value) ? '[… array left out]' : '{… object left out}';
  if (Array.isArray(value)) {
    const kept = value.slice(0, caps.members).map((member) => shorten(member, caps, depth + 1));
    return value.length > kept.length ? [...kept, `[… ${value.length - kept.length} more]`] : kept;
  }
  const entries = Object.entries(value);
  const kept = entries
    .slice(0, caps.members)
    .map(([key, member]) => [safeKey(key), shorten(member, caps, depth + 1)] as const);
  if (entries.length > kept.length) kept.push(['…', `${entries.length - kept.length} more members`]);
  return Object.fromEntries(kept);
}

function shortenString(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  return `${wholeCharacters(text, maxLength)}… [${text.length - maxLength} more characters]`;
}

function wholeCharacters(text: string, length: number): string {
  const last = text.charCodeAt(length - 1);
  const splitsPair = last >= 0xd800 && last <= 0xdbff;
  return text.slice(0, splitsPair ? length - 1 : length);
}

function safeKey(key: string): string {
  return FORBIDDEN_KEYS.has(key) ? `[${key}]` : clip(key, 200);
}
