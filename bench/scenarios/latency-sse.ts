import { measureLatency } from '../load/latency-run.ts';
import { openSseClients } from '../load/sse-clients.ts';
import type { Scenario } from '../scenario.ts';
import { startMillraceServer } from '../subjects/millrace-server.ts';

export const latencySse: Scenario = {
  name: 'latency-sse',
  title: 'POST until received, 100 events/s to 100 SSE clients for 10 s',
  run: (folder) =>
    measureLatency({
      subject: 'millrace',
      start: () => startMillraceServer(folder),
      open: openSseClients,
      clients: 100,
      perSecond: 100,
      seconds: 10,
      p99AtMostMs: 20,
    }),
};
