import type { Socket } from 'bun';

export interface UnfinishedBodyOptions {
  readonly port: number;
  /** Of `POST /events`, as JSON. */
  readonly body: Buffer;
}

/** A request whose last byte is held back. */
export interface UnfinishedBody extends Disposable {
  /** Whether all other bytes have gone. */
  readonly isSent: boolean;
  /** What was answered so far. */
  readonly answer: string;
  /** Sends the last byte. */
  finish(): void;
}

export async function openUnfinishedBody({ port, body }: UnfinishedBodyOptions): Promise<UnfinishedBody> {
  const head = ['POST /events HTTP/1.1', `Host: 127.0.0.1:${port}`, 'Content-Type: application/json'];
  let unsent: Uint8Array = Buffer.concat([
    Buffer.from(`${head.join('\r\n')}\r\nContent-Length: ${body.length}\r\n\r\n`),
    body.subarray(0, -1),
  ]);
  let answer = '';
  const send = (socket: Socket) => {
    if (unsent.length > 0) unsent = unsent.subarray(Math.max(0, socket.write(unsent)));
  };
  const socket = await Bun.connect({
    hostname: '127.0.0.1',
    port,
    socket: {
      open: send,
      drain: send,
      data(_socket, chunk) {
        answer += chunk.toString('latin1');
      },
    },
  });
  return {
    get isSent() {
      return unsent.length === 0;
    },
    get answer() {
      return answer;
    },
    finish() {
      unsent = body.subarray(-1);
      send(socket);
    },
    [Symbol.dispose]: () => socket.terminate(),
  };
}
