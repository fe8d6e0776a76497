import { latencyClients } from '../load/latency-clients.ts';
import { measureLatency } from '../load/latency-run.ts';
import type { Scenario } from '../scenario.ts';
import { millracePlain } from '../subjects/subjects.ts';

export const latencyWebSocket: Scenario = {
  name: 'latency-websocket',
  title: 'POST until received, 100 events/s to 100 WebSocket clients for 10 s',
  run: (folder) =>
    measureLatency({
      subject: millracePlain.name,
      start: () => millracePlain.start(folder),
      open: latencyClients(millracePlain.dialect),
      clients: 100,
      perSecond: 100,
      seconds: 10,
      p99AtMostMs: 20,
    }),
};
