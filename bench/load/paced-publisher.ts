import { pause } from '../measure/wait-until.ts';
import { eventRequest } from './events.ts';
import { type HttpAnswer, HttpConnection } from './http-connection.ts';

/** Enough that a slow answer doesn't hold back the next request. */
const CONNECTIONS = 16;

export interface PacedOptions {
  readonly port: number;
  readonly perSecond: number;
  readonly count: number;
  /** The request with this mark. Default: an event of the usual size. */
  readonly request?: (mark: number) => Uint8Array;
  /** Called with the time at which each request was sent. */
  readonly onSent?: (mark: number, at: number) => void;
  /** Called with every answer; with undefined when the connection ended before it. */
  readonly onAnswer?: (mark: number, answer: HttpAnswer | undefined) => void;
}

/** Sends requests at an even pace, whatever the answers do; returns how many were not answered 201. */
export async function publishPaced(options: PacedOptions): Promise<number> {
  const { port, perSecond, count, request = eventRequest, onSent, onAnswer } = options;
  const idle = await Promise.all(Array.from({ length: CONNECTIONS }, () => HttpConnection.open(port)));
  const answers: Promise<boolean>[] = [];
  const startedAt = performance.now();
  for (let mark = 0; mark < count; mark += 1) {
    const dueInMs = startedAt + (mark * 1_000) / perSecond - performance.now();
    if (dueInMs > 0) await pause(dueInMs);
    // The one that has been idle longest: servers close those that stay so.
    const connection = idle.shift() ?? (await HttpConnection.open(port));
    onSent?.(mark, performance.now());
    answers.push(
      connection.send(request(mark)).then(
        (answer) => {
          idle.push(connection);
          onAnswer?.(mark, answer);
          return answer.status === 201;
        },
        () => {
          onAnswer?.(mark, undefined);
          return false;
        },
      ),
    );
  }
  const accepted = await Promise.all(answers);
  for (const connection of idle) connection[Symbol.dispose]();
  return accepted.filter((ok) => !ok).length;
}
