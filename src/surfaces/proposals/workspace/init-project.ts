import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MillraceError } from '../../../protocol/errors.ts';
import { BUN_WITHOUT_FOLDER } from '../runs/supervised-program.ts';

const TIME_LIMIT_MS = 30_000;
/** Of what the program says, the end is kept for the log. */
const KEPT_CHARACTERS = 2_000;

/** Runs the bundled OpenSpec CLI's `init` in a folder, with nothing of this process's environment. */
export async function initProject(folder: string): Promise<void> {
  // Programs leave caches at home: this one's home is gone when it has ended.
  const home = await mkdtemp(join(tmpdir(), 'millrace-init-'));
  try {
    await run(folder, home);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

function run(folder: string, home: string): Promise<void> {
  const cli = fileURLToPath(new URL('../bin/openspec.js', import.meta.resolve('@fission-ai/openspec')));
  return new Promise((resolve, reject) => {
    const init = [cli, 'init', '--tools', 'none', '--no-animation', '--', folder];
    const child = spawn(process.execPath, [...BUN_WITHOUT_FOLDER, ...init], {
      cwd: folder,
      env: {
        HOME: home,
        TMPDIR: home,
        PATH: '/usr/local/bin:/usr/bin:/bin',
        OPENSPEC_TELEMETRY: '0',
        NO_COLOR: '1',
        CI: '1',
        BUN_BE_BUN: '1',
        BUN_RUNTIME_TRANSPILER_CACHE_PATH: '0',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own, so that what it starts ends with it.
      detached: true,
    });
    let said = '';
    const listen = (chunk: Buffer) => {
      said = (said + chunk.toString('utf8')).slice(-KEPT_CHARACTERS);
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    const timer = setTimeout(() => {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    }, TIME_LIMIT_MS);
    const end = (cause?: unknown) => {
      clearTimeout(timer);
      if (cause === undefined) resolve();
      else reject(new MillraceError('internal', 'the project could not be set up; the server log says why', { cause }));
    };
    child.once('error', end);
    child.once('close', (code) => end(code === 0 ? undefined : new Error(`openspec init ended with ${code}: ${said}`)));
  });
}
