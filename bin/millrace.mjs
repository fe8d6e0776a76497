#!/usr/bin/env node
// Runs the CLI with the Bun that was installed beside it, so that a machine needs nothing but Node 20 and npm.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url));

// Every signal must reach the child once: a second one means "at once". A terminal's Ctrl-C goes to the whole process
// group, so the child stays in it and isn't told again; without a terminal it has a group of its own and is told here.
const hasTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
const child = spawn(bunPath(), [main, ...process.argv.slice(2)], { stdio: 'inherit', detached: !hasTerminal });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    if (!(hasTerminal && signal === 'SIGINT')) child.kill(signal);
  });
}

child.on('error', (error) => fail(`cannot run Bun: ${error.message}; run \`npm ci\` again`));
child.on('exit', (code, signal) => {
  process.exitCode = code ?? 128 + (constants.signals[signal] ?? 0);
});

function bunPath() {
  try {
    const folder = dirname(createRequire(import.meta.url).resolve('bun/package.json'));
    const path = join(folder, 'bin', 'bun.exe');
    if (existsSync(path)) return path;
  } catch {
    // Told below, like a package without its program.
  }
  return fail('Bun is not installed; run `npm ci` in the folder of Millrace');
}

function fail(message) {
  process.stderr.write(`millrace: ${message}\n`);
  process.exit(1);
}
