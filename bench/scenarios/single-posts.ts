import { runClosedLoop, statusNote } from '../load/closed-loop.ts';
import { eventRequest } from '../load/events.ts';
import { storedTotal } from '../load/stored-total.ts';
import { LoadMeter } from '../measure/load-meter.ts';
import type { Scenario, ScenarioResult } from '../scenario.ts';
import { startMillraceServer } from '../subjects/millrace-server.ts';

const CONNECTIONS = 32;
const SECONDS = 5;
const AT_LEAST_PER_SECOND = 5_000;
/** Requests are made beforehand, so that making them is not what is measured. */
const PREPARED = 1_000;

export const singlePosts: Scenario = {
  name: 'single-posts',
  title: 'durable single POSTs, 32 keep-alive connections',
  run: measure,
};

async function measure(folder: string): Promise<ScenarioResult> {
  await using server = await startMillraceServer(folder);
  const requests = Array.from({ length: PREPARED }, (_, mark) => eventRequest(mark));
  let sent = 0;
  const meter = new LoadMeter(server.pid);
  const { total, perSecond, latency, statuses } = await runClosedLoop({
    port: server.port,
    connections: CONNECTIONS,
    warmUpMs: 1_000,
    durationMs: SECONDS * 1_000,
    next: () => requests[sent++ % PREPARED] ?? eventRequest(sent),
    acknowledged: ({ status }) => (status === 201 ? 1 : 0),
  });
  const load = meter.read();
  const stored = await storedTotal(server.port);
  const [p50, p99] = latency.quantiles(0.5, 0.99);
  const subject = 'millrace';
  return {
    figures: [
      { subject, name: 'POSTs', value: perSecond, unit: '/s', target: { atLeast: AT_LEAST_PER_SECOND } },
      { subject, name: 'answer p50', value: p50, unit: 'ms' },
      { subject, name: 'answer p99', value: p99, unit: 'ms' },
    ],
    notes: [`${statusNote(statuses)}; ${total} acknowledged, ${stored} stored`, load],
  };
}
