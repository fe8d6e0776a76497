import { createServer } from 'node:net';
import { type CheckResult, fail, ok, warn } from './check.ts';

/** Whether the server could listen there; another Millrace that already does is only worth a warning. */
export async function checkPort(host: string, port: number): Promise<CheckResult> {
  const name = 'port';
  const where = `${host}:${port}`;
  const code = await tryToListen(host, port);
  if (code === undefined) return ok(name, port === 0 ? 'a free one is picked' : `${where} is free`);
  if (code === 'EADDRINUSE' && (await isMillrace(host, port))) {
    return warn(name, `a Millrace is running at ${where}`, 'stop it before you start another one there');
  }
  if (code === 'EADDRINUSE') {
    return fail(
      name,
      `another program listens at ${where}`,
      'stop it, or set MILLRACE_PORT to another port (0 picks one)',
    );
  }
  return fail(
    name,
    `cannot listen at ${where}: ${code}`,
    'set MILLRACE_HOST to an address of this machine and a port above 1023',
  );
}

function tryToListen(host: string, port: number): Promise<string | undefined> {
  return new Promise((settle) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => settle(error.code ?? error.message));
    server.listen({ host, port, exclusive: true }, () => server.close(() => settle(undefined)));
  });
}

async function isMillrace(host: string, port: number): Promise<boolean> {
  const name = host.includes(':') ? `[${host}]` : host;
  try {
    const response = await fetch(`http://${name}:${port}/metrics`, { signal: AbortSignal.timeout(2_000) });
    return (await response.text()).includes('millrace_events_appended_total');
  } catch {
    return false;
  }
}
