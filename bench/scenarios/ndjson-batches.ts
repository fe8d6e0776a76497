import { runClosedLoop, statusNote } from '../load/closed-loop.ts';
import { batchRequest } from '../load/events.ts';
import { storedTotal } from '../load/stored-total.ts';
import { LoadMeter } from '../measure/load-meter.ts';
import type { Scenario, ScenarioResult } from '../scenario.ts';
import { startMillraceServer } from '../subjects/millrace-server.ts';

const IN_FLIGHT = 4;
const SECONDS = 5;
/** Some 640 KiB: below the limit of 1 MiB, and four of them below the 10,000 events that may wait. */
const EVENTS_PER_REQUEST = 2_000;
const PREPARED = 8;
const AT_LEAST_PER_SECOND = 50_000;

export const ndjsonBatches: Scenario = {
  name: 'ndjson-batches',
  title: 'durable NDJSON batches, 4 in flight',
  run: measure,
};

async function measure(folder: string): Promise<ScenarioResult> {
  await using server = await startMillraceServer(folder);
  const requests = Array.from({ length: PREPARED }, (_, mark) => batchRequest(mark, EVENTS_PER_REQUEST));
  let sent = 0;
  const meter = new LoadMeter(server.pid);
  const { total, perSecond, latency, statuses } = await runClosedLoop({
    port: server.port,
    connections: IN_FLIGHT,
    warmUpMs: 1_000,
    durationMs: SECONDS * 1_000,
    next: () => requests[sent++ % PREPARED] ?? batchRequest(sent, EVENTS_PER_REQUEST),
    acknowledged: ({ status, body }) => (status === 201 ? acceptedOf(body) : 0),
  });
  const load = meter.read();
  const stored = await storedTotal(server.port);
  const [p50, p99] = latency.quantiles(0.5, 0.99);
  const subject = 'millrace';
  return {
    figures: [
      { subject, name: 'events', value: perSecond, unit: '/s', target: { atLeast: AT_LEAST_PER_SECOND } },
      { subject, name: 'answer p50', value: p50, unit: 'ms' },
      { subject, name: 'answer p99', value: p99, unit: 'ms' },
    ],
    notes: [
      `${EVENTS_PER_REQUEST} events in ${Math.round((requests[0]?.byteLength ?? 0) / 1_024)} KiB a request`,
      `${statusNote(statuses)}; ${total} acknowledged, ${stored} stored`,
      load,
    ],
  };
}

function acceptedOf(body: string): number {
  const answer: unknown = JSON.parse(body);
  return typeof answer === 'object' && answer !== null && 'accepted' in answer ? Number(answer.accepted) : 0;
}
