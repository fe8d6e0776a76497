import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';

/** Answers a client's line with lines; what it isn't given stays unanswered. */
export type IrcScript = (line: string) => readonly string[];

export interface ScriptedIrcServer extends AsyncDisposable {
  readonly port: number;
  /** Every line that clients sent. */
  readonly received: readonly string[];
  readonly connections: number;
  /** Sends to every client. */
  send(...lines: readonly string[]): void;
}

/** A server for what ngircd doesn't do: other networks' tags, silence, and lines that never end. */
export async function startScriptedIrcServer(script: IrcScript): Promise<ScriptedIrcServer> {
  const sockets = new Set<Socket>();
  const received: string[] = [];
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    let pending = '';
    socket.on('data', (bytes: Buffer) => {
      const lines = (pending + bytes.toString('utf8')).split('\r\n');
      pending = lines.pop() ?? '';
      for (const line of lines) {
        received.push(line);
        for (const answer of script(line)) socket.write(`${answer}\r\n`);
      }
    });
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port');
  return {
    port: address.port,
    received,
    get connections() {
      return connections;
    },
    send(...lines) {
      for (const socket of sockets) for (const line of lines) socket.write(`${line}\r\n`);
    },
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** Welcomes everybody and lets them into every channel. */
export function welcoming(line: string, capabilities = ''): readonly string[] {
  const [command, first = ''] = line.split(' ');
  if (command === 'CAP' && first === 'LS') return [`:irc.test CAP * LS :${capabilities}`];
  if (command === 'CAP' && first === 'REQ') return [`:irc.test CAP * ACK ${line.slice(line.indexOf(':'))}`];
  if (command === 'USER') return [':irc.test 001 me :welcome'];
  if (command === 'JOIN') return [`:me!me@irc.test JOIN ${first}`];
  if (command === 'PING') return [`:irc.test PONG irc.test ${line.slice('PING '.length)}`];
  return [];
}
