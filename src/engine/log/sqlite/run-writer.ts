import { parentPort, workerData } from 'node:worker_threads';
import type { Projection } from '../../store/projection.ts';
import { LogFile } from './log-file.ts';
import type { Writer } from './writer.ts';
import type { FromWriter, ToWriter, WriterWorkerData } from './writer-messages.ts';

/** Runs the writer in this worker thread until it is told to close. A worker's entry file calls it with its projections. */
export function runWriter(projections: readonly Projection[]): void {
  if (!parentPort) throw new Error('the log writer runs in a worker thread only');
  const port = parentPort;
  const send = (message: FromWriter) => port.postMessage(message);
  const { path, retention, retentionIntervalMs, preload } = workerData as WriterWorkerData;

  let file: LogFile;
  try {
    file = LogFile.open({ path, projections, now: Date.now });
  } catch (error) {
    send({ kind: 'refused', reason: describe(error) });
    return;
  }
  const { writer } = file;

  // One small step at a time: commits that arrived meanwhile go between two steps.
  let trimming: ReturnType<typeof setTimeout> | undefined;
  const trim = () => {
    let isMoreLeft = false;
    try {
      isMoreLeft = writer.trimStep(retention);
      if (isMoreLeft) send({ kind: 'trimmed', trimmed: writer.trimmed });
    } catch {
      // A disk that refuses is reported by the next append; trimming tries again later.
    }
    trimming = setTimeout(trim, isMoreLeft ? 0 : retentionIntervalMs);
  };

  const close = () => {
    file.close();
    send({ kind: 'closed' });
    port.close();
  };

  port.on('message', (message: ToWriter) => {
    switch (message.kind) {
      case 'commit': {
        const startedAt = performance.now();
        const outcomes = file.commit(message.requests);
        return send({ kind: 'settled', outcomes, commitMs: performance.now() - startedAt });
      }
      case 'probe':
        return send(probe(writer));
      case 'close':
        clearTimeout(trimming);
        return close();
      default:
        message satisfies never;
    }
  });

  send({
    kind: 'opened',
    epoch: writer.epoch,
    head: writer.head,
    trimmed: writer.trimmed,
    newest: writer.newest(preload),
  });
  trim();
}

function probe(writer: Writer): FromWriter {
  try {
    writer.probe();
    return { kind: 'probed' };
  } catch (error) {
    return { kind: 'probed', reason: describe(error) };
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
