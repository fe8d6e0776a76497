import { batchRequest, readMarks } from '../load/events.ts';
import { HttpConnection } from '../load/http-connection.ts';
import { openClients } from '../load/open-clients.ts';
import { latencyFigures } from '../measure/latency-figures.ts';
import { LoadMeter } from '../measure/load-meter.ts';
import { Samples } from '../measure/samples.ts';
import { waitUntil } from '../measure/wait-until.ts';
import { joinResults, type Scenario, type ScenarioResult } from '../scenario.ts';
import { millraceBatched, millracePlain, peers, type Subject } from '../subjects/subjects.ts';

const CLIENTS = 1_000;
const EVENTS_PER_BATCH = 100;
/** Batches that may be under way: publishing waits for the clients, so that the latency is not that of a backlog. */
const WINDOW = 4;
const WARM_UP_MS = 1_000;
const SECONDS = 4;
/** Of so many clients one is read event by event for the latency. */
const SAMPLED_OF = 20;
const DELIVERY_LIMIT_MS = 10_000;

export const fanOut: Scenario = {
  name: 'fan-out',
  title: 'batches of 100 events to 1,000 WebSocket clients',
  async run(folder) {
    const results: ScenarioResult[] = [];
    for (const subject of [millracePlain, millraceBatched, ...peers]) results.push(await measure(subject, folder));
    return joinResults(
      `at full load, with at most ${WINDOW} batches not yet delivered to all; millrace stores every event durably ` +
        'before it delivers, the peers keep them in memory only',
      results,
    );
  },
};

async function measure({ name: subject, dialect, start }: Subject, folder: string): Promise<ScenarioResult> {
  await using server = await start(folder);
  const { port } = server;
  const deliveries = new Deliveries();
  using publisher = await HttpConnection.open(port);
  using _clients = await openClients({
    port,
    dialect,
    count: CLIENTS,
    onEvents(client, count, bytes, start, end) {
      deliveries.add(count);
      if (client % SAMPLED_OF === 0) readMarks(bytes, start, end, (mark) => deliveries.sample(mark));
    },
  });

  await publishFor(publisher, deliveries, WARM_UP_MS);
  deliveries.latency = new Samples();
  const [before, startedAt, meter] = [deliveries.count, performance.now(), new LoadMeter(server.pid)];
  await publishFor(publisher, deliveries, SECONDS * 1_000);
  const value = ((deliveries.count - before) * 1_000) / (performance.now() - startedAt);
  const load = meter.read();
  await waitUntil(() => deliveries.count >= deliveries.expected, DELIVERY_LIMIT_MS);
  return {
    figures: [{ subject, name: 'deliveries', value, unit: '/s' }, ...latencyFigures(subject, deliveries.latency)],
    notes: [`${subject}: ${deliveries.count} of ${deliveries.expected} deliveries arrived; ${load}`],
  };
}

/** What was published and what has arrived. */
class Deliveries {
  readonly sentAt: number[] = [];
  latency = new Samples();
  count = 0;
  #wanted = Number.POSITIVE_INFINITY;
  #resume = () => {};

  get expected(): number {
    return this.sentAt.length * EVENTS_PER_BATCH * CLIENTS;
  }

  add(events: number): void {
    this.count += events;
    if (this.count < this.#wanted) return;
    this.#wanted = Number.POSITIVE_INFINITY;
    this.#resume();
  }

  sample(mark: number): void {
    this.latency.add(performance.now() - (this.sentAt[mark] ?? Number.NaN));
  }

  /** Settles when fewer than `WINDOW` batches are under way; rejects when nothing arrives any more. */
  async room(): Promise<void> {
    const wanted = this.expected - (WINDOW - 1) * EVENTS_PER_BATCH * CLIENTS;
    if (this.count >= wanted) return;
    await new Promise<void>((resolve, reject) => {
      const stuck = () => reject(new Error(`${this.count} of ${this.expected} deliveries arrived, then no more`));
      const timer = setTimeout(stuck, DELIVERY_LIMIT_MS);
      this.#wanted = wanted;
      this.#resume = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

async function publishFor(publisher: HttpConnection, deliveries: Deliveries, durationMs: number): Promise<void> {
  const stopAt = performance.now() + durationMs;
  while (performance.now() < stopAt) {
    const request = batchRequest(deliveries.sentAt.length, EVENTS_PER_BATCH);
    deliveries.sentAt.push(performance.now());
    const { status, body } = await publisher.send(request);
    if (status !== 201) throw new Error(`a batch was answered ${status}: ${body}`);
    await deliveries.room();
  }
}
