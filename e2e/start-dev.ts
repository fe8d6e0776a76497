import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

async function freePort(wanted: number): Promise<number> {
  for (const port of [wanted, 0]) {
    const server = createServer();
    try {
      server.listen(port, 'localhost');
      await once(server, 'listening');
      const address = server.address();
      if (typeof address === 'object' && address !== null) return address.port;
    } catch {
      // Taken: the next one.
    } finally {
      server.close();
    }
  }
  throw new Error(`neither port ${wanted} nor any other is free`);
}
