import { join } from 'node:path';
import { ROOT } from './step.ts';

// The server with reload and the Vite dashboard. Whichever ends takes the other with it.

const serverPort = process.env.MILLRACE_PORT ?? '4000';
const webPort = process.env.VITE_PORT ?? '5173';

const env = {
  ...process.env,
  MILLRACE_PORT: serverPort,
  MILLRACE_ALLOWED_ORIGINS:
    process.env.MILLRACE_ALLOWED_ORIGINS ?? `http://localhost:${webPort},http://127.0.0.1:${webPort}`,
};

const stopping = new AbortController();
const children = [
  start('bun', '--watch', '--no-clear-screen', 'src/server/main.ts'),
  start('bun', '--bun', join(ROOT, 'node_modules/.bin/vite'), '--port', webPort, '--strictPort', '--clearScreen=false'),
];

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // The second signal is passed on too: the server then exits at once.
    stopping.abort();
    for (const child of children) child.kill(signal);
  });
}

await Promise.race(children.map(({ exited }) => exited));
const firstToEnd = children.find(({ exitCode }) => exitCode !== null)?.exitCode ?? 1;
for (const child of children) child.kill('SIGTERM');
await Promise.all(children.map(({ exited }) => exited));
process.exit(stopping.signal.aborted ? 0 : firstToEnd);

function start(...command: string[]) {
  return Bun.spawn(command, { cwd: ROOT, env, stdio: ['ignore', 'inherit', 'inherit'] });
}
