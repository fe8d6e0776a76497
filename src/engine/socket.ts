/** What a transport sees of a WebSocket, whichever server holds it. */
export interface Socket {
  /** `full`: taken, but wait for `drained` before the next one. `closed`: not taken. */
  send(text: string): 'sent' | 'full' | 'closed';
  /** Bytes that were taken and not handed to the system yet. */
  buffered(): number;
  ping(): void;
  close(code: number, reason: string): void;
  /** Gathers the frames sent inside `body` into one write. */
  cork(body: () => void): void;
}

/** What a server calls on the owner of a WebSocket. */
export interface SocketOwner {
  opened(socket: Socket): void;
  /** `undefined` stands for a binary frame: no feed of Millrace uses them. */
  received(text: string | undefined): void;
  drained(): void;
  /** Any control frame of the peer: a sign of life. */
  heard(): void;
  closed(code: number, reason: string): void;
}

/** A request that may become a WebSocket. */
export interface Connection {
  remoteAddress(): string;
  /** Answers 101, naming the subprotocol if there is one; false when the request is no valid handshake. */
  upgrade(owner: SocketOwner, protocol?: string): boolean;
  /** Lets the response to this request stay silent for so many seconds; 0 stands for as long as it likes. */
  allowSilence(seconds: number): void;
}
