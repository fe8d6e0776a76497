import { WebSocket, WebSocketServer } from 'ws';
import { announce, createPublishEndpoint } from './publish-endpoint.ts';

/** What most people write first: a set of sockets and a loop. */
const server = createPublishEndpoint((event) => {
  const message = JSON.stringify({ type: 'event', data: event });
  for (const client of sockets.clients) if (client.readyState === WebSocket.OPEN) client.send(message);
});
const sockets = new WebSocketServer({ server, perMessageDeflate: false });
announce(server);
