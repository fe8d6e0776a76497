import { createServer, type IncomingMessage, type Server } from 'node:http';

/** One published event with the number the server gave it. */
export type PeerEvent = Readonly<Record<string, unknown>> & { readonly id: number };

/** An HTTP server whose POST takes NDJSON and hands every event on. Nothing is stored: a crash loses all of it. */
export function createPublishEndpoint(publish: (event: PeerEvent) => void): Server {
  let id = 0;
  return createServer(async (request, response) => {
    if (request.method !== 'POST') {
      response.writeHead(404).end();
      return;
    }
    const lines = (await textOf(request)).split('\n').filter((line) => line !== '');
    for (const line of lines) {
      id += 1;
      publish({ id, ...JSON.parse(line), created_at: new Date().toISOString() });
    }
    response.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify({ accepted: lines.length }));
  });
}

/** Listens on loopback, says where, and ends with whoever started it. */
export function announce(server: Server): void {
  server.listen(0, '127.0.0.1', 4_096, () => {
    const address = server.address();
    if (typeof address === 'object' && address) console.log(`http://127.0.0.1:${address.port}`);
  });
  process.stdin.resume().on('end', () => process.exit(0));
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
