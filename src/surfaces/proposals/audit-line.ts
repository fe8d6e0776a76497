import type { AuditLine } from './events.ts';

/** An entry as it is stored. */
export interface StoredEntry {
  readonly seq: number;
  readonly at: number;
  readonly body: string;
}

/** The members of an entry as they are shown, as the inside of a JSON object. */
export function auditMembers({ seq, at, body }: StoredEntry): string {
  return `"id":${seq},"at":"${new Date(at).toISOString()}",${body.slice(1, -1)}`;
}

export function auditLine(stored: StoredEntry): AuditLine {
  return JSON.parse(`{${auditMembers(stored)}}`);
}

const COLUMNS = [
  'id',
  'at',
  'actor',
  'action',
  'resource_type',
  'resource_id',
  'outcome',
  'ip',
  'before',
  'after',
] as const satisfies readonly (keyof AuditLine)[];

export const CSV_HEADER = `${COLUMNS.join(',')}\r\n`;

/** One line of RFC 4180, in which no cell is a formula for a spreadsheet. */
export function csvLine(line: AuditLine): string {
  return `${COLUMNS.map((column) => csvCell(line[column])).join(',')}\r\n`;
}

function csvCell(value: unknown): string {
  const text = value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value);
  // A spreadsheet runs what begins with these, also behind white space; with an apostrophe it is text.
  const safe = /^\s*[=+\-@]|^[\t\r\n]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
