import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { DEFAULT_RECONNECT_POLICY, reconnectDelayMs } from '../../src/protocol/reconnect-policy.ts';
import { readRawFeed, type Transport } from './raw-feed.ts';

// A program: thousands of clients of one feed, each with a cursor of its own, which come back by the policy of Millrace's
// client. Prints the URL at which it tells what they have received.

/** At `/arrivals`, by event: how many clients have received it, and when the last of them did, in ms since 1970. */
export type Arrivals = Readonly<Record<string, { readonly clients: number; readonly lastAt: number }>>;

/** At `/report`. */
export interface StormReport {
  /** What was received, each different one once, with the number of clients that received just that. */
  readonly sequences: readonly { readonly clients: number; readonly ids: readonly string[] }[];
  /** Connections that had received something and ended. */
  readonly cuts: number;
  /** Tries that received nothing. */
  readonly failures: number;
  readonly resets: number;
}

/** They don't all connect at once at first: that is what the storm is for. */
const START_SPREAD_MS = 3_000;

const { values } = parseArgs({
  options: { url: { type: 'string' }, websocket: { type: 'string' }, sse: { type: 'string' } },
});
const url = `${values.url}/stream`;
const received: string[][] = [];
const arrivals: Record<string, { clients: number; lastAt: number }> = {};
const counts = { cuts: 0, failures: 0, resets: 0 };

async function follow(transport: Transport): Promise<never> {
  const ids: string[] = [];
  received.push(ids);
  let cursor = 'earliest';
  let failures = 0;
  await setTimeout(Math.random() * START_SPREAD_MS);
  for (;;) {
    let healthySince: number | undefined;
    cursor = await readRawFeed({
      url,
      transport,
      cursor,
      onEvent({ data }) {
        const now = Date.now();
        healthySince ??= now;
        const { summary } = data as { summary: string };
        ids.push(summary);
        arrivals[summary] = { clients: (arrivals[summary]?.clients ?? 0) + 1, lastAt: now };
        return true;
      },
      onReset: () => {
        counts.resets += 1;
      },
    });
    const isCut = healthySince !== undefined;
    counts[isCut ? 'cuts' : 'failures'] += 1;
    failures = isCut ? 1 : failures + 1;
    const healthyForMs = healthySince === undefined ? 0 : Date.now() - healthySince;
    await setTimeout(reconnectDelayMs(DEFAULT_RECONNECT_POLICY, { failures, healthyForMs, random: Math.random() }));
  }
}

function report(): StormReport {
  const sequences = new Map<string, { clients: number; ids: readonly string[] }>();
  for (const ids of received) {
    const key = ids.join('\n');
    const same = sequences.get(key) ?? { clients: 0, ids };
    same.clients += 1;
    sequences.set(key, same);
  }
  return { sequences: [...sequences.values()], ...counts };
}

for (let count = 0; count < Number(values.websocket); count += 1) void follow('websocket-v1');
for (let count = 0; count < Number(values.sse); count += 1) void follow('sse');
const server = Bun.serve({
  hostname: '127.0.0.1',
  port: 0,
  routes: { '/arrivals': () => Response.json(arrivals), '/report': () => Response.json(report()) },
});
console.log(`http://127.0.0.1:${server.port}`);
