import { CommandFailure } from '../failure.ts';
import type { InputLine } from './input-lines.ts';
import { type PostOptions, postBatch } from './post-batch.ts';

export interface RefusedLine {
  readonly place: string;
  readonly message: string;
}

/** What has been published so far. */
export interface PublishState {
  readonly accepted: number;
  readonly refused: readonly RefusedLine[];
  readonly firstId: number | undefined;
  readonly lastId: number | undefined;
  readonly requests: number;
  readonly retries: number;
  readonly readBytes: number;
}

export interface PublishOptions extends Omit<PostOptions, 'onRetry'> {
  /** Makes each batch's idempotency key. */
  readonly key: string;
  /** Stop when more lines than this were refused. */
  readonly maxRefused: number;
  readonly onRetry?: PostOptions['onRetry'];
  readonly onRefused?: (line: RefusedLine) => void;
  readonly onProgress?: (state: PublishState) => void;
}

/**
 * Publishes batch after batch in order. A refused line is left out and named, the others of its batch go without it.
 * Throws a {@link CommandFailure} when it can't go on.
 */
export async function publish(
  batches: AsyncIterable<readonly InputLine[]>,
  options: PublishOptions,
): Promise<PublishState> {
  const publisher = new Publisher(options);
  let number = 0;
  for await (const batch of readAhead(batches)) {
    number += 1;
    await publisher.send(batch, `${options.key}-${number}`);
    publisher.readTo(batch.at(-1)?.readBytes ?? 0);
  }
  return publisher.state;
}

/** Makes the next item while the current one is in use. */
async function* readAhead<Item>(items: AsyncIterable<Item>): AsyncGenerator<Item> {
  const iterator = items[Symbol.asyncIterator]();
  for (let next = iterator.next(); ; ) {
    const { value, done } = await next;
    if (done) return;
    next = iterator.next();
    // When its user gives up first, a failure of the item nobody asks for is of no interest.
    next.catch(() => {});
    yield value;
  }
}

class Publisher {
  readonly #options: PublishOptions;
  #state: PublishState = {
    accepted: 0,
    refused: [],
    firstId: undefined,
    lastId: undefined,
    requests: 0,
    retries: 0,
    readBytes: 0,
  };

  constructor(options: PublishOptions) {
    this.#options = options;
  }

  get state(): PublishState {
    return this.#state;
  }

  readTo(readBytes: number): void {
    this.#change({ readBytes });
  }

  /** Every change of a batch gets a key of its own: under the same key the server expects the same body. */
  async send(batch: readonly InputLine[], key: string): Promise<void> {
    let lines = batch;
    for (let revision = 0; lines.length > 0; revision += 1) {
      const bodyKey = revision === 0 ? key : `${key}.${revision}`;
      const outcome = await this.#post(lines, bodyKey);
      switch (outcome.kind) {
        case 'accepted': {
          const { firstId, lastId } = outcome;
          this.#change({
            accepted: this.#state.accepted + lines.length,
            firstId: this.#state.firstId ?? firstId,
            lastId: lastId ?? this.#state.lastId,
          });
          return;
        }
        case 'bad-line': {
          this.#refuse(lines[outcome.line], outcome.message);
          lines = lines.toSpliced(outcome.line, 1);
          break;
        }
        case 'too-large': {
          if (lines.length > 1) return this.#sendHalves(lines, bodyKey);
          this.#refuse(lines[0], 'larger than the server accepts');
          return;
        }
        default:
          outcome satisfies never;
      }
    }
  }

  async #sendHalves(lines: readonly InputLine[], key: string): Promise<void> {
    const middle = Math.ceil(lines.length / 2);
    await this.send(lines.slice(0, middle), `${key}a`);
    await this.send(lines.slice(middle), `${key}b`);
  }

  async #post(lines: readonly InputLine[], key: string) {
    this.#change({ requests: this.#state.requests + 1 });
    return postBatch(lines.map((line) => line.text).join('\n'), key, {
      ...this.#options,
      onRetry: (reason, delayMs) => {
        this.#change({ retries: this.#state.retries + 1 });
        this.#options.onRetry?.(reason, delayMs);
      },
    });
  }

  #refuse(line: InputLine | undefined, message: string): void {
    if (!line) throw new CommandFailure(`the server refused a line that was not sent: ${message}`);
    const refused = { place: line.place, message };
    this.#change({ refused: [...this.#state.refused, refused] });
    this.#options.onRefused?.(refused);
    if (this.#state.refused.length <= this.#options.maxRefused) return;
    throw new CommandFailure(`stopped after ${this.#state.refused.length} refused lines`);
  }

  #change(change: Partial<PublishState>): void {
    this.#state = { ...this.#state, ...change };
    this.#options.onProgress?.(this.#state);
  }
}
