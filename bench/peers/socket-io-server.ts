import { Server } from 'socket.io';
import { announce, createPublishEndpoint } from './publish-endpoint.ts';

/** Socket.IO with its defaults, over WebSocket only. */
const server = createPublishEndpoint((event) => io.emit('event', { type: 'event', data: event }));
const io = new Server(server, { transports: ['websocket'], serveClient: false });
announce(server);
