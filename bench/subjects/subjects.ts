import { type Dialect, millraceV1, plainStream, socketIo, wsPeer } from '../load/dialect.ts';
import type { ChildServer } from './child-server.ts';
import { startMillraceServer } from './millrace-server.ts';
import { startPeerServer } from './peer-server.ts';

/** A server under test, in the way one kind of client uses it. */
export interface Subject {
  readonly name: string;
  readonly dialect: Dialect;
  start(folder: string): Promise<ChildServer>;
}

export const millracePlain: Subject = { name: 'millrace', dialect: plainStream, start: startMillraceServer };
export const millraceBatched: Subject = { name: 'millrace.v1', dialect: millraceV1, start: startMillraceServer };

const ws: Subject = { name: 'ws', dialect: wsPeer, start: (folder) => startPeerServer('ws', folder) };
const socketIoPeer: Subject = {
  name: 'socket.io',
  dialect: socketIo,
  start: (folder) => startPeerServer('socket.io', folder),
};

export const peers: readonly Subject[] = [ws, socketIoPeer];
