import { statusNote } from '../load/closed-loop.ts';
import { HttpConnection } from '../load/http-connection.ts';
import { messagesRequest } from '../load/messages.ts';
import { LoadMeter } from '../measure/load-meter.ts';
import { Samples } from '../measure/samples.ts';
import { pause } from '../measure/wait-until.ts';
import type { Figure, Scenario, ScenarioResult } from '../scenario.ts';
import { startMillraceServer } from '../subjects/millrace-server.ts';

/** As many as can be stored within a scenario's time; with a million the same reads take about as long. */
const STORED = 200_000;
const PER_REQUEST = 2_000;
const PREPARED = 64;
const IN_FLIGHT = 4;
const ROUNDS = 40;
const INGEST_PER_SECOND = 1_000;
const INGEST_EVERY_MS = 20;
const P95_MS = 250;
const P99_MS = 500;

const YEAR = new Date().getUTCFullYear();
const READS: Readonly<Record<string, string>> = {
  metrics: '/api/metrics',
  channels: '/api/channels?limit=200',
  users: '/api/users?limit=1000',
  'users by name': '/api/users?sort=name&limit=100&offset=2000',
  'users, part of a name': '/api/users?q=99&limit=100',
  'one user': '/api/users/user-0',
  messages: '/api/messages?limit=50',
  'older messages': '/api/messages?limit=500&before=100000',
  'around a message': '/api/messages?limit=50&around=50000',
  'of a channel': '/api/messages?channel=%23channel-0',
  'of a user in a channel': '/api/messages?channel=%23channel-199&user=user-0',
  'of an hour': `/api/messages?from=${YEAR}-01-01T00:00:00Z&to=${YEAR + 1}-01-01T00:00:00Z`,
  'before everything': `/api/messages?to=${YEAR - 1}-01-01T00:00:00Z`,
  'the commonest word': '/api/messages?q=message',
  'its beginning': '/api/messages?q=mess',
  'three letters': '/api/messages?q=w1a',
  'a rare word in a channel': '/api/messages?q=wfdz%20&channel=%23channel-3',
  'common words never together': '/api/messages?q=hello%20error%20',
  'a common word of a user and a time': `/api/messages?q=hello&user=user-7&from=${YEAR}-01-01T00:00:00Z`,
};

export const messageReads: Scenario = {
  name: 'message-reads',
  title: `reads with ${STORED.toLocaleString('en')} messages stored, at ${INGEST_PER_SECOND}/s`,
  run: measure,
};

async function measure(folder: string): Promise<ScenarioResult> {
  await using server = await startMillraceServer(folder);
  const stored = await fill(server.port);
  const meter = new LoadMeter(server.pid);
  const end = new AbortController();
  const ingest = ingestPaced(server.port, end.signal);
  const figures = await readAll(server.port);
  end.abort();
  const { sent, statuses } = await ingest;
  return {
    figures: [{ subject: 'millrace', name: 'stored while filling', value: stored, unit: '/s' }, ...figures],
    notes: [`meanwhile ${sent} messages; ${statusNote(statuses)}`, meter.read()],
  };
}

/** Messages stored per second. */
async function fill(port: number): Promise<number> {
  const requests = Array.from({ length: PREPARED }, (_, index) => messagesRequest(index, PER_REQUEST));
  const connections = await Promise.all(Array.from({ length: IN_FLIGHT }, () => HttpConnection.open(port)));
  const startedAt = performance.now();
  let left = STORED;
  const lane = async (connection: HttpConnection) => {
    while (left > 0) {
      left -= PER_REQUEST;
      const request = requests[Math.floor(left / PER_REQUEST) % PREPARED];
      const { status } = await connection.send(request ?? messagesRequest(left, PER_REQUEST));
      if (status !== 201) throw new Error(`a batch was answered ${status}`);
    }
  };
  await Promise.all(connections.map(lane));
  for (const connection of connections) connection[Symbol.dispose]();
  return (STORED * 1_000) / (performance.now() - startedAt);
}

async function ingestPaced(port: number, signal: AbortSignal) {
  using connection = await HttpConnection.open(port);
  const statuses = new Map<number, number>();
  const startedAt = performance.now();
  let sent = 0;
  while (!signal.aborted) {
    const due = Math.floor(((performance.now() - startedAt) * INGEST_PER_SECOND) / 1_000) - sent;
    if (due > 0) {
      const { status } = await connection.send(messagesRequest(sent, due));
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      sent += due;
    }
    await pause(INGEST_EVERY_MS);
  }
  return { sent, statuses };
}

async function readAll(port: number): Promise<Figure[]> {
  using connection = await HttpConnection.open(port);
  const samples = new Map(Object.keys(READS).map((name) => [name, new Samples()]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, path] of Object.entries(READS)) {
      const sentAt = performance.now();
      const { status } = await connection.send(getRequest(path));
      if (status !== 200) throw new Error(`${path} was answered ${status}`);
      samples.get(name)?.add(performance.now() - sentAt);
    }
  }
  return [...samples].flatMap(([name, values]) => {
    const [p95, p99] = values.quantiles(0.95, 0.99);
    const figure = { subject: 'millrace', unit: 'ms' } as const;
    return [
      { ...figure, name: `${name}, p95`, value: p95, target: { atMost: P95_MS } },
      { ...figure, name: `${name}, p99`, value: p99, target: { atMost: P99_MS } },
    ];
  });
}

function getRequest(path: string): Uint8Array {
  return Buffer.from(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`);
}
