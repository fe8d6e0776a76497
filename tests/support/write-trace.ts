import { readFileSync } from 'node:fs';

/** What a server did that a disk or a client sees, in the order in which it was done. */
export type TraceStep =
  | { readonly kind: 'create'; readonly path: string }
  | { readonly kind: 'write'; readonly path: string; readonly offset: number; readonly bytes: Buffer }
  | { readonly kind: 'truncate'; readonly path: string; readonly size: number }
  | { readonly kind: 'remove'; readonly path: string }
  /** Of a file, or of a folder and with it of the names in it. */
  | { readonly kind: 'sync'; readonly path: string }
  /** What was sent to a client. */
  | { readonly kind: 'sent'; readonly text: string };

/** Starts a program so that {@link readTrace} understands what it does; the process becomes the program's. */
export function tracedBy(file: string): readonly string[] {
  const calls = 'openat,pwrite64,ftruncate,unlink,fsync,fdatasync,sendto';
  return ['strace', '-D', '-f', '-y', '-xx', '-s', '100000', '-o', file, '-e', `trace=${calls}`];
}

const UNFINISHED = ' <unfinished ...>';

/** Reads what was recorded; a call counts where it has returned, and one that failed doesn't count. */
export function readTrace(file: string): TraceStep[] {
  const steps: TraceStep[] = [];
  const begun = new Map<string, string>();
  for (const line of readFileSync(file, 'latin1').split('\n')) {
    const [, process = '', rest = ''] = /^(\d+) +(.*)$/.exec(line) ?? [];
    if (rest.endsWith(UNFINISHED)) {
      begun.set(process, rest.slice(0, -UNFINISHED.length));
      continue;
    }
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(rest);
    const step = stepOf(resumed ? `${begun.get(process) ?? ''}${resumed[1]}` : rest);
    if (step) steps.push(step);
  }
  return steps;
}

function stepOf(call: string): TraceStep | undefined {
  const [, name, args = '', result = ''] = /^(\w+)\((.*)\) += (-?\d+)/.exec(call) ?? [];
  if (name === undefined || result.startsWith('-')) return undefined;
  const [text = ''] = [...args.matchAll(/"((?:\\x[0-9a-f]{2})*)"/g)].map(([, hex = '']) => hex);
  // Before the first text there is the descriptor, with the path that it stands for.
  const path = decode(/^\w+<((?:\\x[0-9a-f]{2})*)>/.exec(args)?.[1] ?? '').toString();
  switch (name) {
    case 'openat':
      return args.includes('O_CREAT') ? { kind: 'create', path: decode(text).toString() } : undefined;
    case 'pwrite64':
      return {
        kind: 'write',
        path,
        offset: Number(/, (\d+)$/.exec(args)?.[1]),
        bytes: decode(text).subarray(0, Number(result)),
      };
    case 'ftruncate':
      return { kind: 'truncate', path, size: Number(/, (\d+)$/.exec(args)?.[1]) };
    case 'unlink':
      return { kind: 'remove', path: decode(text).toString() };
    case 'fsync':
    case 'fdatasync':
      return { kind: 'sync', path };
    case 'sendto':
      return { kind: 'sent', text: decode(text).toString() };
    default:
      return undefined;
  }
}

function decode(hex: string): Buffer {
  return Buffer.from(hex.replaceAll('\\x', ''), 'hex');
}
