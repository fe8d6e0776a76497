import { once } from 'node:events';
import { connect } from 'node:net';

/** A person's IRC client, as far as tests need one: it sends bytes as they are. */
export interface IrcTalker extends Disposable {
  /** Every line that came, without its end. */
  readonly lines: readonly string[];
  send(...lines: readonly (string | Uint8Array)[]): void;
  say(channel: string, text: string): void;
  /** Settles when the server has handled everything that was sent. */
  settle(): Promise<void>;
  /** The first line that fits, received before or after the call. */
  next(fits: (line: string) => boolean): Promise<string>;
}

/** Connects, and joins the channels. */
export async function startTalker(
  { port }: { readonly port: number },
  nick: string,
  channels: readonly string[] = [],
): Promise<IrcTalker> {
  const socket = connect({ host: '127.0.0.1', port });
  const lines: string[] = [];
  const arrivals = new EventTarget();
  let pending = '';
  let pings = 0;
  const send = (...given: readonly (string | Uint8Array)[]) => {
    for (const line of given) socket.write(Buffer.concat([Buffer.from(line), Buffer.from('\r\n')]));
  };
  socket.on('data', (bytes: Buffer) => {
    const parts = (pending + bytes.toString('utf8')).split('\r\n');
    pending = parts.pop() ?? '';
    lines.push(...parts);
    for (const line of parts) if (line.startsWith('PING ')) send(line.replace('PING', 'PONG'));
    arrivals.dispatchEvent(new Event('line'));
  });
  socket.on('error', () => {});
  const next = async (fits: (line: string) => boolean) => {
    for (;;) {
      const found = lines.find(fits);
      if (found !== undefined) return found;
      if (socket.destroyed)
        throw new Error(`${nick} lost the connection; the last lines: ${lines.slice(-5).join('\n')}`);
      await once(arrivals, 'line');
    }
  };
  socket.on('close', () => arrivals.dispatchEvent(new Event('line')));
  await once(socket, 'connect');
  send(`NICK ${nick}`, `USER ${nick} 0 * :${nick}`);
  await next((line) => / 001 /.test(line));
  for (const channel of channels) {
    send(`JOIN ${channel}`);
    await next((line) => line.toLowerCase().includes(` 366 ${nick} ${channel}`.toLowerCase()));
  }
  return {
    lines,
    send,
    say: (channel, text) => send(`PRIVMSG ${channel} :${text}`),
    async settle() {
      pings += 1;
      const mark = `settled-${pings}`;
      send(`PING ${mark}`);
      await next((line) => line.includes('PONG') && line.endsWith(mark));
    },
    next,
    [Symbol.dispose]: () => socket.destroy(),
  };
}
