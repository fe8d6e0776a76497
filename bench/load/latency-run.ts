import { latencyFigures } from '../measure/latency-figures.ts';
import { LoadMeter } from '../measure/load-meter.ts';
import { Samples } from '../measure/samples.ts';
import { waitUntil } from '../measure/wait-until.ts';
import type { ScenarioResult } from '../scenario.ts';
import type { ChildServer } from '../subjects/child-server.ts';
import { publishPaced } from './paced-publisher.ts';

/** Sent first and not counted: a server's code is compiled while it runs. */
const WARM_UP = 100;
const LAST_DELIVERY_LIMIT_MS = 3_000;

export interface LatencyRun {
  /** Name of what is measured. */
  readonly subject: string;
  readonly start: () => Promise<ChildServer>;
  /** Opens clients that call `received` with the mark of every event; disposing closes them. */
  readonly open: (port: number, count: number, received: (mark: number) => void) => Promise<Disposable>;
  readonly clients: number;
  readonly perSecond: number;
  readonly seconds: number;
  /** Target of the 99th percentile. Default: none. */
  readonly p99AtMostMs?: number;
}

/** Time from the start of a POST until a client holds the event, for each event and client. */
export async function measureLatency(run: LatencyRun): Promise<ScenarioResult> {
  const { subject, start, open, clients, perSecond, seconds, p99AtMostMs } = run;
  await using server = await start();
  const count = WARM_UP + perSecond * seconds;
  const sentAt = new Float64Array(count);
  const samples = new Samples();
  let deliveries = 0;
  using _receivers = await open(server.port, clients, (mark) => {
    deliveries += 1;
    if (mark >= WARM_UP) samples.add(performance.now() - (sentAt[mark] ?? Number.NaN));
  });
  const meter = new LoadMeter(server.pid);
  const refused = await publishPaced({
    port: server.port,
    perSecond,
    count,
    onSent: (mark, at) => {
      sentAt[mark] = at;
    },
  });
  const load = meter.read();
  await waitUntil(() => deliveries >= count * clients, LAST_DELIVERY_LIMIT_MS);
  return {
    figures: latencyFigures(subject, samples, p99AtMostMs),
    notes: [
      `${subject}: ${refused} POSTs refused, ${deliveries} of ${count * clients} deliveries arrived, ` +
        `${samples.count} counted; ${load}`,
    ],
  };
}
