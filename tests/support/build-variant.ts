import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

export interface SourceChange {
  /** Below the root of the repository. */
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly from: string;
  readonly to: string;
}

export interface BuildVariant extends Disposable {
  readonly root: string;
}

/** A copy of the sources that breaks something on purpose, to show that a test would notice. */
export function buildVariant(...changes: readonly SourceChange[]): BuildVariant {
  const root = mkdtempSync(join(tmpdir(), 'millrace-variant-'));
  cpSync(join(ROOT, 'src'), join(root, 'src'), { recursive: true });
  cpSync(join(ROOT, 'package.json'), join(root, 'package.json'));
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'));
  for (const { file, from, to } of changes) {
    const parts = readFileSync(join(root, file), 'utf8').split(from);
    if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} times, not once: ${from}`);
    writeFileSync(join(root, file), parts.join(to));
  }
  return { root, [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }) };
}
