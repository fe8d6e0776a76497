import { pause } from '../measure/wait-until.ts';
import { eventRequest } from './events.ts';
import { HttpConnection } from './http-connection.ts';

/** Enough that a slow answer doesn't hold back the next event. */
const CONNECTIONS = 16;

export interface PacedOptions {
  readonly port: number;
  readonly perSecond: number;
  readonly count: number;
  /** Filled with the time at which each event was sent, by its mark. */
  readonly sentAt: Float64Array;
}

/** Sends events at an even pace, whatever the answers do; returns how many were refused. */
export async function publishPaced({ port, perSecond, count, sentAt }: PacedOptions): Promise<number> {
  const connections = await Promise.all(Array.from({ length: CONNECTIONS }, () => HttpConnection.open(port)));
  const answers: Promise<boolean>[] = [];
  const startedAt = performance.now();
  for (let mark = 0; mark < count; mark += 1) {
    const dueInMs = startedAt + (mark * 1_000) / perSecond - performance.now();
    if (dueInMs > 0) await pause(dueInMs);
    const connection = connections.find(({ isBusy }) => !isBusy) ?? (await HttpConnection.open(port));
    if (!connections.includes(connection)) connections.push(connection);
    const request = eventRequest(mark);
    sentAt[mark] = performance.now();
    answers.push(
      connection.send(request).then(
        ({ status }) => status === 201,
        () => false,
      ),
    );
  }
  const accepted = await Promise.all(answers);
  for (const connection of connections) connection[Symbol.dispose]();
  return accepted.filter((ok) => !ok).length;
}
