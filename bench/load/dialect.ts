/** How one kind of server speaks over WebSocket. */
export interface Dialect {
  readonly path: string;
  /** Subprotocol to ask for. */
  readonly protocol?: string;
  /** Whether the connection counts as open only after a frame for which `read` returned `ready`. */
  readonly greets: boolean;
  /** How many events the frame in `bytes[start..end)` holds; `reply` sends a text frame back. */
  read(bytes: Buffer, start: number, end: number, reply: (text: string) => void): number | 'ready';
}

/** One event per frame and nothing else. */
const bare = (path: string): Dialect => ({ path, greets: false, read: () => 1 });

export const plainStream = bare('/stream');
export const wsPeer = bare('/');

const V1_KIND_AT = '{"type":"'.length;
const LETTER_B = 'b'.charCodeAt(0);
const LETTER_H = 'h'.charCodeAt(0);
/** Enough for the members `from` and `to`, which come first. */
const V1_HEAD_BYTES = 160;
const V1_RANGE = /"from":"[^".]*\.(\d+)\.[^"]*","to":"[^".]*\.(\d+)\./;

/** Batches; every event is shown to these clients, so a batch holds as many as its cursors are apart. */
export const millraceV1: Dialect = {
  path: '/stream',
  protocol: 'millrace.v1',
  greets: true,
  read(bytes, start, end) {
    const kind = bytes[start + V1_KIND_AT];
    if (kind === LETTER_H) return 'ready';
    if (kind !== LETTER_B) return 0;
    const range = V1_RANGE.exec(bytes.toString('latin1', start, Math.min(end, start + V1_HEAD_BYTES)));
    return Number(range?.[2]) - Number(range?.[1]);
  },
};

/** Engine.IO packet types, then those of Socket.IO inside of a message. */
const ENGINE = { open: 0x30, ping: 0x32, message: 0x34 } as const;
const SOCKET = { connect: 0x30, event: 0x32 } as const;

export const socketIo: Dialect = {
  path: '/socket.io/?EIO=4&transport=websocket',
  greets: true,
  read(bytes, start, _end, reply) {
    switch (bytes[start]) {
      case ENGINE.open:
        reply('40');
        return 0;
      case ENGINE.ping:
        reply('3');
        return 0;
      case ENGINE.message:
        if (bytes[start + 1] === SOCKET.connect) return 'ready';
        return bytes[start + 1] === SOCKET.event ? 1 : 0;
      default:
        return 0;
    }
  },
};
