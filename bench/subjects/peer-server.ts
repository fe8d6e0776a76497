import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ChildServer, startChildServer } from './child-server.ts';

const PEERS = {
  ws: new URL('../peers/ws-server.ts', import.meta.url),
  'socket.io': new URL('../peers/socket-io-server.ts', import.meta.url),
} as const;

/** A peer on Node. It is translated into `folder`, from where Node must find the packages of this repository. */
export async function startPeerServer(name: keyof typeof PEERS, folder: string): Promise<ChildServer> {
  const source = fileURLToPath(PEERS[name]);
  await Bun.build({
    entrypoints: [source],
    target: 'node',
    format: 'esm',
    packages: 'external',
    outdir: folder,
    naming: '[name].mjs',
  });
  const env = { NODE_ENV: 'production' };
  return startChildServer({ command: 'node', args: [join(folder, `${basename(source, '.ts')}.mjs`)], env });
}
