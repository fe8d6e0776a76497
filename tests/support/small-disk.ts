import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';

export interface SmallDisk extends Disposable {
  readonly folder: string;
  /** Gives it another size in MiB while it is in use. */
  resize(mib: number): void;
  /** Takes the right to write to it away; nobody may have a file open for writing. */
  makeReadOnly(): void;
}

/** A file system of its own in memory; throws where nothing can be mounted. */
export function mountSmallDisk(folder: string, mib: number): SmallDisk {
  mkdirSync(folder, { recursive: true });
  run('mount', '-t', 'tmpfs', '-o', `size=${mib}m`, 'millrace-test', folder);
  return {
    folder,
    resize: (size) => run('mount', '-o', `remount,size=${size}m`, folder),
    makeReadOnly: () => run('mount', '-o', 'remount,ro', folder),
    [Symbol.dispose]: () => run('umount', folder),
  };
}

/** Why no disk can be mounted here; `undefined` when one can. */
export function mountHindrance(folder: string): string | undefined {
  try {
    mountSmallDisk(folder, 1)[Symbol.dispose]();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function run(program: string, ...args: readonly string[]): void {
  const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${error?.message ?? stderr.trim()}`);
}
