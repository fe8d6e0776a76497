import { expect, it } from 'vitest';
import { setTcpUserTimeout } from './tcp-user-timeout.ts';

// That connections end by it is shown by tests/reliability/half-open.test.ts.
it('takes the port of a server of this process, and says so when there is none', async () => {
  const server = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: () => new Response() });
  const { port = 0 } = server;
  setTcpUserTimeout(port, 5_000);
  await server.stop(true);
  expect(() => setTcpUserTimeout(port, 5_000)).toThrow(`no socket of this process listens on port ${port}`);
});
