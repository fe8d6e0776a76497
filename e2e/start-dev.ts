import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import { outputMatching } from './start-server.ts';

const ROOT = join(import.meta.dirname, '..');

export interface RunningDev extends AsyncDisposable {
  readonly serverPort: number;
  readonly webPort: number;
}

/** Starts `npm run dev` with a scratch data folder, on its own ports where they are free and on others where not. */
export async function startDev(): Promise<RunningDev> {
  const [serverPort, webPort] = [await freePort(4000), await freePort(5173)];
  const dataDir = mkdtempSync(join(tmpdir(), 'millrace-dev-'));
  const child = spawn('npm', ['run', '--silent', 'dev'], {
    cwd: ROOT,
    env: {
      ...process.env,
      NO_COLOR: '1',
      MILLRACE_PORT: `${serverPort}`,
      VITE_PORT: `${webPort}`,
      MILLRACE_DATA_DIR: dataDir,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGTERM');
    await exited;
    rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    await Promise.all([serverPort, webPort].map((port) => outputMatching(child, new RegExp(`:${port}\\b`))));
    return { serverPort, webPort, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
