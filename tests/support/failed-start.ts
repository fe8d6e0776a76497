import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { serverEnvironment } from './server-environment.ts';

const ROOT = join(import.meta.dirname, '../..');

/** A start of the real server that must fail: its exit code and what it wrote. */
export function failToStart(dataDir: string, env: Readonly<Record<string, string>> = {}) {
  const { status, stdout, stderr } = spawnSync(join(ROOT, 'node_modules/.bin/bun'), ['src/server/main.ts'], {
    cwd: ROOT,
    env: { ...serverEnvironment(), MILLRACE_PORT: '0', MILLRACE_DATA_DIR: dataDir, ...env },
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { status, stdout, stderr };
}
