import { structuredPatch } from 'diff';

/** One line of a comparison. */
export interface DiffRow {
  readonly kind: 'same' | 'added' | 'removed';
  readonly text: string;
  /** Number of the line before; undefined for one that was not there. */
  readonly before: number | undefined;
  readonly after: number | undefined;
}

/** Lines that belong together: what changed, and some around it. */
export interface DiffHunk {
  readonly rows: readonly DiffRow[];
  /** Unchanged lines that are left out before it. */
  readonly skipped: number;
}

const CONTEXT = 3;
const LIMIT_MS = 1_000;

/** What turns one text into another; undefined for texts that differ too much to be compared in a moment. */
export function diffHunks(before: string, after: string): readonly DiffHunk[] | undefined {
  const patch = structuredPatch('', '', before, after, '', '', { context: CONTEXT, timeout: LIMIT_MS });
  if (!patch) return undefined;
  let seen = 0;
  return patch.hunks.map(({ oldStart, newStart, lines }) => {
    let [old, current] = [oldStart, newStart];
    const skipped = Math.max(0, oldStart - 1 - seen);
    const rows = lines.flatMap((line): DiffRow[] => {
      const text = line.slice(1);
      switch (line.charAt(0)) {
        case '+':
          return [{ kind: 'added', text, before: undefined, after: current++ }];
        case '-':
          return [{ kind: 'removed', text, before: old++, after: undefined }];
        case ' ':
          return [{ kind: 'same', text, before: old++, after: current++ }];
        default:
          // "\ No newline at end of file"
          return [];
      }
    });
    seen = old - 1;
    return { rows, skipped };
  });
}
