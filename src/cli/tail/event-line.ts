import type { EventMessage } from '../../protocol/frames.ts';

/** Longest line for people, in UTF-16 code units; `--json` prints events whole. */
const MAX_LINE = 400;

const DIM = 2;
const BOLD = 1;
/** Colours that can be read on light and dark terminals. */
const COLOURS = [31, 32, 33, 34, 35, 36] as const;

/** One line about an event. Text of events never reaches the terminal with its control characters. */
export function eventLine(message: EventMessage, hasColour: boolean): string {
  const { type, cursor: _, data, ...rest } = message;
  const fields = isRecord(data) ? data : rest;
  const paint = (code: number, text: string) => (hasColour && text !== '' ? `\u001b[${code}m${text}\u001b[0m` : text);
  const app = text(fields, 'source_app');
  const parts = [
    paint(DIM, timeOf(fields)),
    paint(colourOf(app), app),
    paint(BOLD, text(fields, 'event_type') || type),
    text(fields, 'tool_name'),
    text(fields, 'summary') || (app === '' ? plain(JSON.stringify(fields)) : ''),
    paint(DIM, sessionOf(fields)),
  ];
  return parts.filter((part) => part !== '').join(' ');
}

function timeOf(fields: Readonly<Record<string, unknown>>): string {
  const time = new Date(text(fields, 'timestamp') || text(fields, 'at'));
  return Number.isNaN(time.getTime()) ? '' : time.toISOString().slice(11, 23);
}

function sessionOf(fields: Readonly<Record<string, unknown>>): string {
  const session = text(fields, 'session_id');
  return session === '' ? '' : `(${session.slice(0, 8)})`;
}

/** The same name always has the same colour. */
function colourOf(name: string): number {
  let hash = 0;
  for (const character of name) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 1_000_003;
  return COLOURS[hash % COLOURS.length] ?? BOLD;
}

function text(fields: Readonly<Record<string, unknown>>, key: string): string {
  const value = fields[key];
  return typeof value === 'string' ? plain(value) : '';
}

function plain(value: string): string {
  const clean = value.replace(/\p{Cc}+/gu, ' ');
  return clean.length > MAX_LINE ? `${clean.slice(0, MAX_LINE)}…` : clean;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
