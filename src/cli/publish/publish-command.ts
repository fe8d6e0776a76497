import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { CommandFailure, EXIT } from '../failure.ts';
import { urlOption, wholeNumber } from '../server-url.ts';
import { batches } from './batches.ts';
import { readInput } from './input-lines.ts';
import { eventsPerSecond, progressLine } from './progress-line.ts';
import { type PublishState, publish } from './publish.ts';

interface PublishFlags {
  readonly url: string;
  readonly path: string;
  readonly batchBytes: number;
  readonly batchEvents: number;
  readonly retries: number;
  readonly maxRefused: number;
  readonly key?: string;
  readonly json?: true;
}

const REDRAW_MS = 100;

/** `millrace publish`: a file or standard input to `POST /events`. */
export function addPublishCommand(program: Command): void {
  program
    .command('publish')
    .description('publish events from a file or standard input: NDJSON, a JSON array or one JSON object')
    .argument('[file]', 'the file; - or nothing reads standard input', '-')
    .addOption(urlOption())
    .option('--path <path>', 'endpoint that takes the events', '/events')
    .option('--batch-bytes <bytes>', 'bytes of one request at most', wholeNumber(1_024), 524_288)
    .option('--batch-events <events>', 'events of one request at most', wholeNumber(1), 2_000)
    .option('--retries <times>', 'how often a request is tried again after 429, 503 or no answer', wholeNumber(0), 6)
    .option('--max-refused <lines>', 'stop when more lines than this were refused', wholeNumber(0), 20)
    .option('--key <key>', 'name of this publication: run it again under the same name and nothing is stored twice')
    .option('--json', 'print the summary as JSON')
    .action(publishCommand);
}

async function publishCommand(file: string, flags: PublishFlags): Promise<void> {
  const size = await sizeOf(file);
  const source: AsyncIterable<Uint8Array> = file === '-' ? process.stdin : createReadStream(file);
  const startedAt = performance.now();
  const display = new Display(size, startedAt);
  const limits = { maxBytes: flags.batchBytes, maxEvents: flags.batchEvents };
  let state: PublishState | undefined;
  let failure: CommandFailure | undefined;
  try {
    await publish(batches(readInput(source), limits), {
      endpoint: `${flags.url}${flags.path}`,
      key: flags.key ?? randomUUID(),
      retries: flags.retries,
      maxRefused: flags.maxRefused,
      sleep: (ms) => sleep(ms),
      onRetry: (reason, delayMs) => display.note(`${reason}; again in ${(delayMs / 1_000).toFixed(1)} s`),
      onRefused: ({ place, message }) => display.note(`${place} refused: ${message}`),
      onProgress(next) {
        state = next;
        display.show(next);
      },
    });
  } catch (error) {
    failure = error instanceof CommandFailure ? error : new CommandFailure(messageOf(error));
  }
  display.finish(state);
  if (flags.json) process.stdout.write(`${JSON.stringify(summaryOf(state, performance.now() - startedAt))}\n`);
  if (failure) throw failure;
  if (state && state.refused.length > 0) process.exitCode = EXIT.failure;
}

function summaryOf(state: PublishState | undefined, elapsedMs: number) {
  const accepted = state?.accepted ?? 0;
  return {
    accepted,
    refused: state?.refused ?? [],
    first_id: state?.firstId,
    last_id: state?.lastId,
    requests: state?.requests ?? 0,
    retries: state?.retries ?? 0,
    seconds: Math.round(elapsedMs) / 1_000,
    events_per_second: eventsPerSecond(accepted, elapsedMs),
  };
}

/** Progress on stderr: redrawn in place on a terminal, one line at the end elsewhere. */
class Display {
  readonly #size: number | undefined;
  readonly #startedAt: number;
  readonly #isTerminal = process.stderr.isTTY === true;
  #drawnAt = Number.NEGATIVE_INFINITY;

  constructor(size: number | undefined, startedAt: number) {
    this.#size = size;
    this.#startedAt = startedAt;
  }

  show(state: PublishState): void {
    const now = performance.now();
    if (!this.#isTerminal || now - this.#drawnAt < REDRAW_MS) return;
    this.#drawnAt = now;
    process.stderr.write(`\r\u001b[K${this.#line(state, state.readBytes)}`);
  }

  note(message: string): void {
    process.stderr.write(`${this.#clear()}millrace: ${message}\n`);
  }

  finish(state: PublishState | undefined): void {
    const line = state ? this.#line(state, undefined) : '0 events';
    process.stderr.write(`${this.#clear()}${line}\n`);
  }

  #line({ accepted, refused }: PublishState, readBytes: number | undefined): string {
    const elapsedMs = performance.now() - this.#startedAt;
    const share = this.#size && readBytes !== undefined ? readBytes / this.#size : undefined;
    return progressLine({ accepted, refused: refused.length, elapsedMs, share });
  }

  #clear(): string {
    return this.#isTerminal ? '\r\u001b[K' : '';
  }
}

async function sizeOf(file: string): Promise<number | undefined> {
  if (file === '-') return undefined;
  const info = await stat(file).catch((error: unknown) => {
    throw new CommandFailure(messageOf(error));
  });
  if (info.isDirectory()) throw new CommandFailure(`${file} is a folder`);
  return info.isFile() ? info.size : undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
