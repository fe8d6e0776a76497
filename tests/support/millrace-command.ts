import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { serverEnvironment } from './server-environment.ts';

const ROOT = join(import.meta.dirname, '../..');

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `millrace …` to its end as npm installs it: by Node, which starts Bun. */
export async function millrace(...args: readonly string[]): Promise<CommandResult> {
  const child = spawn('node', [join(ROOT, 'bin/millrace.mjs'), ...args], {
    cwd: ROOT,
    env: serverEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 60_000,
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    output.stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    output.stderr += chunk.toString();
  });
  const [code] = await once(child, 'close');
  return { code: code as number | null, ...output };
}
