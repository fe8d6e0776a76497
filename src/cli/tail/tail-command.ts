import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { parseCursorInput } from '../../protocol/cursor.ts';
import { DEFAULT_RECONNECT_POLICY } from '../../protocol/reconnect-policy.ts';
import { CommandFailure } from '../failure.ts';
import { urlOption, wholeNumber } from '../server-url.ts';
import { eventLine } from './event-line.ts';
import { type FeedTransport, RefusedFeed } from './feed-transport.ts';
import { type FeedNews, followFeed } from './follow-feed.ts';
import { pollTransport } from './poll-transport.ts';
import { sseTransport } from './sse-transport.ts';
import { websocketTransport } from './websocket-transport.ts';

const TRANSPORTS: Readonly<Record<TailFlags['transport'], FeedTransport>> = {
  ws: websocketTransport,
  sse: sseTransport,
  poll: pollTransport,
};

const CLOSING_MS = 1_000;

interface TailFlags {
  readonly url: string;
  readonly cursor: string;
  readonly transport: 'ws' | 'sse' | 'poll';
  readonly count?: number;
  readonly json?: true;
}

/** `millrace tail`: follows a feed and prints what it brings. */
export function addTailCommand(program: Command): void {
  program
    .command('tail')
    .description('follow a feed; ends on Ctrl-C, telling the cursor from which to resume')
    .argument('[feed]', 'path of the feed with its query', '/stream')
    .addOption(urlOption())
    .option('--cursor <cursor>', 'where to begin: a cursor, earliest or latest', parseCursorFlag, 'latest')
    .addOption(new Option('--transport <name>', 'how to connect').choices(['ws', 'sse', 'poll']).default('ws'))
    .option('--count <events>', 'end after this many events', wholeNumber(1))
    .option('--json', 'print each event as one line of JSON')
    .action(tailCommand);
}

async function tailCommand(feed: string, flags: TailFlags): Promise<void> {
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  process.once('SIGTERM', () => stop.abort());
  const output = new Output(flags);
  try {
    for await (const news of follow(feed, flags, stop.signal)) {
      if (await output.isFullWith(news)) break;
    }
  } catch (error) {
    throw error instanceof RefusedFeed ? new CommandFailure(`${flags.url}${feed}: ${error.message}`) : error;
  } finally {
    stop.abort();
  }
  output.finish();
  // A server that doesn't answer the closing of a connection must not keep this process.
  setTimeout(() => process.exit(), CLOSING_MS).unref();
}

function follow(feed: string, flags: TailFlags, signal: AbortSignal): AsyncIterable<FeedNews> {
  return followFeed({
    transport: TRANSPORTS[flags.transport],
    url: `${flags.url}${feed.startsWith('/') ? feed : `/${feed}`}`,
    cursor: flags.cursor,
    policy: DEFAULT_RECONNECT_POLICY,
    signal,
    now: () => performance.now(),
    random: Math.random,
    sleep: (ms, sleepSignal) => delay(ms, undefined, { signal: sleepSignal }).catch(() => {}),
  });
}

/** Events go to stdout and nothing else does; what happens to the connection goes to stderr. */
class Output {
  readonly #flags: TailFlags;
  readonly #hasColour = process.stdout.isTTY === true && !process.env.NO_COLOR;
  #cursor: string | undefined;
  #printed = 0;

  constructor(flags: TailFlags) {
    this.#flags = flags;
  }

  /** Prints the news; true when no more is wanted. */
  async isFullWith(news: FeedNews): Promise<boolean> {
    switch (news.kind) {
      case 'connected':
        this.#note(`connected at ${news.cursor}`);
        this.#cursor ??= news.cursor;
        return false;
      case 'events':
        return this.#isFullWithEvents(news);
      case 'reset':
        this.#cursor = news.cursor;
        if (this.#flags.json) await print(jsonLine({ type: 'reset', reason: news.reason, cursor: news.cursor }));
        this.#note(`events are missing here (${news.reason}): going on at ${news.cursor}`);
        return false;
      case 'lost':
        this.#note(`${news.reason}; again in ${(news.retryInMs / 1_000).toFixed(1)} s`);
        return false;
      default:
        return news satisfies never;
    }
  }

  finish(): void {
    if (this.#cursor !== undefined) this.#note(`resume with --cursor ${this.#cursor}`);
  }

  async #isFullWithEvents({ events, cursor }: FeedNews & { kind: 'events' }): Promise<boolean> {
    const { count = Number.POSITIVE_INFINITY, json } = this.#flags;
    const wanted = events.slice(0, count - this.#printed);
    this.#printed += wanted.length;
    this.#cursor = wanted.length < events.length ? (wanted.at(-1)?.cursor ?? this.#cursor) : cursor;
    await print(wanted.map((event) => (json ? jsonLine(event) : `${eventLine(event, this.#hasColour)}\n`)).join(''));
    return this.#printed >= count;
  }

  #note(message: string): void {
    process.stderr.write(`millrace: ${message}\n`);
  }
}

function jsonLine(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}

/** Waits for whoever reads the output, so that a slow one slows the feed down instead of filling memory. */
async function print(text: string): Promise<void> {
  if (text !== '' && !process.stdout.write(text)) await once(process.stdout, 'drain');
}

function parseCursorFlag(text: string): string {
  if (parseCursorInput(text) === undefined) throw new InvalidArgumentError('It must be a cursor, earliest or latest.');
  return text;
}
