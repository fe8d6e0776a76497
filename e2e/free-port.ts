import { once } from 'node:events';
import { createServer } from 'node:net';

const LOOPBACK = ['127.0.0.1', '::1'] as const;

/** The wanted port where nobody listens on it at either loopback address; else another one. */
export async function freePort(wanted: number): Promise<number> {
  const outcomes = await Promise.all(LOOPBACK.map((host) => listenOnce(wanted, host)));
  if (outcomes.some((outcome) => outcome === 'taken')) {
    const other = await listenOnce(0, LOOPBACK[0]);
    if (typeof other === 'number') return other;
    throw new Error(`neither port ${wanted} nor any other is free`);
  }
  return wanted;
}

/** Listens for a moment. A machine without IPv6 has no `::1`, so nobody has taken the port there. */
async function listenOnce(port: number, host: string): Promise<number | 'taken' | 'no such address'> {
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, 'listening');
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 'taken';
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE' ? 'taken' : 'no such address';
  } finally {
    server.close();
  }
}
