import { readRawFeed, type Transport } from '../support/raw-feed.ts';
import { shownText } from './feeds.ts';

export interface FollowOptions {
  /** The feed's URL with `http:`. */
  readonly url: string;
  readonly transport: Transport;
  readonly cursor: string;
  /** Events after which it drops the connection by itself, in the middle of a batch or not. Default: never. */
  readonly drops?: number;
}

/** One connection to a feed, and what it was shown, as the model writes it down. */
export class FollowedFeed {
  readonly shown: string[] = [];
  /** The position to go on from, once the connection has ended for whatever reason. */
  readonly ended: Promise<string>;
  hasEnded = false;
  readonly #abort = new AbortController();

  private constructor({ url, transport, cursor, drops = Number.POSITIVE_INFINITY }: FollowOptions, onOpen: () => void) {
    let events = 0;
    this.ended = readRawFeed({
      url,
      transport,
      cursor,
      signal: this.#abort.signal,
      onOpen,
      onEvent: (message) => {
        const text = shownText(message);
        if (text === undefined) return true;
        this.shown.push(`${message.cursor} ${text}`);
        events += 1;
        return events < drops;
      },
      onReset: (reason, head) => {
        this.shown.push(`reset ${reason} ${head}`);
      },
    }).then((position) => {
      this.hasEnded = true;
      return position;
    });
  }

  /** Settles once the server has found the position: what is appended from then on comes by this connection. */
  static async open(options: FollowOptions): Promise<FollowedFeed> {
    const { promise: opened, resolve } = Promise.withResolvers<'opened'>();
    const feed = new FollowedFeed(options, () => resolve('opened'));
    const first = await Promise.race([opened, feed.ended]);
    if (first !== 'opened') throw new Error(`${options.transport} ${options.url} was not opened`);
    return feed;
  }

  async drop(): Promise<string> {
    this.#abort.abort();
    return this.ended;
  }
}
