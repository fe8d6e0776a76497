import { PROPOSAL_LIMITS } from '../events.ts';

/** The whole new text of one file. */
export interface ParsedEdit {
  readonly path: string;
  readonly content: string;
}

export type ParsedAnswer =
  | { readonly ok: true; readonly edits: readonly ParsedEdit[] }
  /** `reason`: in words for a person. Nothing of the answer is used. */
  | { readonly ok: false; readonly reason: string };

export const EDIT_LIMITS = {
  edits: 20,
  /** Bytes of all files of one answer. */
  totalBytes: 524_288,
  /** UTF-16 units of the whole answer. */
  answer: 1_048_576,
} as const;

/** Every line that begins so is a marker, wherever it stands. */
const MARK = '@@@';
const WRITE = /^@@@ write (\S+)$/;
const END = '@@@ end';
/** Narrower than what the folder may hold: documents, by lower-case names. */
const PATH = /^(?:[a-z0-9][a-z0-9_-]{0,63}\/){0,5}[a-z0-9][a-z0-9._-]{0,63}\.md$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f]/;
const encoder = new TextEncoder();

/** Said to the model. docs/adr has the reasons. */
export const EDIT_FORMAT = `Answer with the files to write, each as its whole new text, in exactly this form:

@@@ write specs/example/spec.md
(the whole text of the file)
@@@ end

The path is relative to the change's folder, in lower case, and ends with .md. Write a file at most once, at most ${EDIT_LIMITS.edits} files.
Files you don't write stay as they are. Text outside of these blocks is shown to the person and changes nothing.
No line of a file or of your text may begin with @@@ except for these markers.`;

/**
 * The edits of an answer, all of them or none: whatever is not exactly of the form refuses the whole.
 */
export function parseEdits(answer: string): ParsedAnswer {
  if (answer.length > EDIT_LIMITS.answer) return refused('the answer is too long');
  const edits = new Map<string, string>();
  let open: { readonly path: string; readonly lines: string[] } | undefined;
  for (const [index, raw] of answer.split('\n').entries()) {
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    if (!line.startsWith(MARK)) {
      open?.lines.push(line);
      continue;
    }
    const where = `line ${index + 1} of the answer`;
    if (line.trimEnd() === END) {
      if (!open) return refused(`${where} ends a file that was not begun`);
      edits.set(open.path, open.lines.map((text) => `${text}\n`).join(''));
      open = undefined;
      continue;
    }
    const path = WRITE.exec(line.trimEnd())?.[1];
    if (path === undefined) return refused(`${where} begins with ${MARK} and is no marker`);
    if (open) return refused(`${where} begins a file inside another`);
    if (!isEditable(path)) return refused(`${where} names a file that may not be written`);
    if (edits.has(path)) return refused(`${where} writes ${path} a second time`);
    if (edits.size >= EDIT_LIMITS.edits) return refused(`the answer writes more than ${EDIT_LIMITS.edits} files`);
    open = { path, lines: [] };
  }
  if (open) return refused(`the answer ends inside ${open.path}`);
  if (edits.size === 0) return refused('the answer writes no file');
  return checked([...edits].map(([path, content]) => ({ path, content })));
}

/** Whether a model may write a file of this name. */
export function isEditable(path: string): boolean {
  return PATH.test(path) && !path.includes('..');
}

function checked(edits: readonly ParsedEdit[]): ParsedAnswer {
  let total = 0;
  for (const { path, content } of edits) {
    if (content.trim() === '') return refused(`${path} would be empty`);
    if (CONTROLS.test(content)) return refused(`${path} has control characters`);
    if (!content.isWellFormed()) return refused(`${path} has half characters`);
    const { byteLength } = encoder.encode(content);
    if (byteLength > PROPOSAL_LIMITS.fileBytes) return refused(`${path} is longer than a file may be`);
    total += byteLength;
  }
  return total > EDIT_LIMITS.totalBytes ? refused('the files are too long together') : { ok: true, edits };
}

function refused(reason: string): ParsedAnswer {
  return { ok: false, reason };
}
