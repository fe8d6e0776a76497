import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';

/** What the figures depend on. */
export interface Machine {
  readonly cpus: number;
  readonly cpuModel: string;
  readonly memoryGib: number;
  readonly kernel: string;
  readonly bun: string;
  readonly node: string;
  readonly ws: string;
  readonly socketIo: string;
  readonly fileSystem: string;
}

export function describeMachine(folder: string): Machine {
  return {
    cpus: cpus().length,
    cpuModel: cpus()[0]?.model.trim() ?? 'unknown',
    memoryGib: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    bun: Bun.version,
    node: execFileSync('node', ['--version'], { encoding: 'utf8' }).trim(),
    ws: packageVersion('ws'),
    socketIo: packageVersion('socket.io'),
    fileSystem:
      execFileSync('df', ['--output=fstype', folder], { encoding: 'utf8' }).split('\n')[1]?.trim() ?? 'unknown',
  };
}

function packageVersion(name: string): string {
  const path = join(import.meta.dirname, '../node_modules', name, 'package.json');
  const manifest: unknown = JSON.parse(readFileSync(path, 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : '?';
}
