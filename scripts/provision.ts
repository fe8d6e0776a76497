import { accessSync, constants, statSync } from 'node:fs';
import { join } from 'node:path';

/** A program that tests need and npm does not bring. */
export interface Tool {
  /** Names it goes by; the first one found is used. */
  readonly binaries: readonly string[];
  /** The Debian package that has it. */
  readonly package: string;
  readonly neededFor: string;
}

export const CHROMIUM: Tool = {
  binaries: ['chromium', 'chromium-browser', 'google-chrome'],
  package: 'chromium',
  neededFor: 'browser tests and screenshots',
};

export const NGIRCD: Tool = {
  binaries: ['ngircd'],
  package: 'ngircd',
  neededFor: 'tests of the IRC connector',
};

export const STRACE: Tool = {
  binaries: ['strace'],
  package: 'strace',
  neededFor: 'tests of power losses and failing disks',
};

export const FAKETIME: Tool = {
  binaries: ['faketime'],
  package: 'faketime',
  neededFor: 'tests of a wall clock that jumps',
};

export const IP: Tool = {
  binaries: ['ip'],
  package: 'iproute2',
  neededFor: 'tests of readers in a slow network, and of networks that swallow them',
};

const tools: readonly Tool[] = [CHROMIUM, NGIRCD, STRACE, FAKETIME, IP];

/** Where Debian puts servers; the PATH of people who aren't root often lacks it. */
const SYSTEM_FOLDERS = '/usr/local/sbin:/usr/sbin:/sbin';

/** Browser tests ask too, which Node runs. */
export function findTool({ binaries }: Pick<Tool, 'binaries'>): string | undefined {
  const folders = `${process.env.PATH ?? ''}:${SYSTEM_FOLDERS}`.split(':').filter((folder) => folder !== '');
  return binaries.flatMap((binary) => folders.map((folder) => join(folder, binary))).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Installs what is missing when it may, and returns what is still missing. */
export async function provision(): Promise<readonly Tool[]> {
  const missing = tools.filter((tool) => !findTool(tool));
  if (missing.length > 0 && process.getuid?.() === 0 && findTool({ binaries: ['apt-get'] })) {
    const packages = missing.map((tool) => tool.package);
    console.log(`installing ${packages.join(', ')}`);
    await aptGet('update');
    await aptGet('install', '-y', '--no-install-recommends', ...packages);
  }
  return missing.filter((tool) => !findTool(tool));
}

export function describeMissing(missing: readonly Tool[]): string {
  const packages = missing.map((tool) => tool.package).join(' ');
  const purposes = missing.map((tool) => `${tool.package} for ${tool.neededFor}`).join(', ');
  return `missing: ${purposes}; install with: apt-get install ${packages}`;
}

async function aptGet(...args: string[]): Promise<void> {
  const child = Bun.spawn(['apt-get', '-qq', ...args], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [output, errors, exitCode] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  if (exitCode !== 0) console.error(`apt-get ${args[0]} ended with ${exitCode}\n${output}${errors}`.trim());
}
