import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningServer, startServer } from '../../e2e/start-server.ts';

/** A server that is killed and started again on the same port and data, as an operator would see it. */
export class ServerLives implements AsyncDisposable {
  readonly dataDir = mkdtempSync(join(tmpdir(), 'millrace-lives-'));
  #server: Promise<RunningServer> = startServer({ dataDir: this.dataDir });
  kills = 0;

  /** Settles while a server runs. */
  async url(): Promise<string> {
    return (await this.#server).url;
  }

  /** Of the server that runs. */
  async pid(): Promise<number> {
    return (await this.#server).pid;
  }

  async kill(): Promise<void> {
    this.kills += 1;
    await this.restart({ signal: 'SIGKILL' });
  }

  /** Ends the server, does `between` while there is none, and starts the next one. */
  async restart({ signal, between }: { signal: NodeJS.Signals; between?: () => void | Promise<void> }): Promise<void> {
    const { port, stop } = await this.#server;
    const { promise, resolve, reject } = Promise.withResolvers<RunningServer>();
    this.#server = promise;
    await stop(signal);
    await between?.();
    startServer({ port, dataDir: this.dataDir }).then(resolve, reject);
    await promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await (await this.#server).stop();
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}
