import { latencyClients } from '../load/latency-clients.ts';
import { measureLatency } from '../load/latency-run.ts';
import { joinResults, type Scenario, type ScenarioResult } from '../scenario.ts';
import { millraceBatched, millracePlain, peers } from '../subjects/subjects.ts';

export const latencyPeers: Scenario = {
  name: 'latency-peers',
  title: 'POST until received, 100 events/s to 1,000 WebSocket clients for 4 s',
  async run(folder) {
    const results: ScenarioResult[] = [];
    for (const { name: subject, start, dialect } of [millracePlain, millraceBatched, ...peers]) {
      const open = latencyClients(dialect);
      const shape = { clients: 1_000, perSecond: 100, seconds: 4 };
      results.push(await measureLatency({ subject, start: () => start(folder), open, ...shape }));
    }
    return joinResults('the same load for all; millrace stores every event durably, the peers do not store', results);
  },
};
