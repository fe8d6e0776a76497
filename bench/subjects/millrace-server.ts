import { join } from 'node:path';
import { type ChildServer, startChildServer } from './child-server.ts';

const ROOT = join(import.meta.dirname, '../..');

/** The real server with its defaults, on an empty log in `folder`. */
export function startMillraceServer(folder: string): Promise<ChildServer> {
  return startChildServer({
    command: join(ROOT, 'node_modules/.bin/bun'),
    args: [join(ROOT, 'src/server/main.ts')],
    env: { MILLRACE_PORT: '0', MILLRACE_DATA_DIR: join(folder, `data-${Date.now()}`) },
  });
}
