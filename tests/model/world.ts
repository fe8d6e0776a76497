import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { pageSchema } from '../../src/protocol/frames.ts';
import { type CommandResult, millrace } from '../support/millrace-command.ts';
import type { Transport } from '../support/raw-feed.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';
import { FEEDS, type FeedName, shownText } from './feeds.ts';
import { FollowedFeed } from './followed-feed.ts';
import type { LogModel, ModelFollower } from './log-model.ts';

/** Something still has to come, and has not. */
const LATE_MS = 60_000;

/** In one life of a server: more in a minute raise an alert, which is an event of the log that no command has published. */
export const MOST_REFUSALS = 9;

/** How often each kind of thing has happened, over all runs of a search. */
export type Tally = Map<string, number>;

export interface Posted {
  readonly status: number;
  readonly body: unknown;
}

/** Somebody whose connection has ended, and the position they go on from. */
export interface Cut {
  readonly id: number;
  readonly transport: Transport;
  readonly shown: readonly string[];
  readonly position: string;
}

interface Connected {
  readonly transport: Transport;
  readonly feed: FollowedFeed;
}

/** A real server with data of its own, and the clients that follow it. */
export class World implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'millrace-model-'));
  readonly dataDir = join(this.folder, 'data');
  readonly #root: string | undefined;
  readonly #tally: Tally;
  readonly #connected = new Map<number, Connected>();
  #server: ServerProcess | undefined;
  #refusals = 0;

  constructor({ root, tally }: { readonly root: string | undefined; readonly tally: Tally }) {
    this.#root = root;
    this.#tally = tally;
  }

  count(happening: string, times = 1): void {
    this.#tally.set(happening, (this.#tally.get(happening) ?? 0) + times);
  }

  get url(): string {
    if (!this.#server) throw new Error('no server runs');
    return this.#server.url;
  }

  async start(env: Readonly<Record<string, string>> = {}): Promise<void> {
    this.#refusals = 0;
    const root = this.#root === undefined ? {} : { root: this.#root };
    this.#server = await startServerProcess({ dataDir: this.dataDir, env, ...root });
  }

  /** Ends the server, does `between` while there is none, starts it again, and lets everybody come back. */
  async restart(signal: NodeJS.Signals, model: LogModel, between?: () => Promise<void>): Promise<void> {
    const cut = await this.stop(signal);
    this.leave(model, cut);
    await between?.();
    await this.start();
    await this.comeBack(model, cut);
  }

  /** Ends the server and returns who was cut off by it. */
  async stop(signal: NodeJS.Signals): Promise<readonly Cut[]> {
    await this.#server?.stop(signal);
    this.#server = undefined;
    const connected = [...this.#connected];
    this.#connected.clear();
    return Promise.all(
      connected.map(async ([id, { feed, transport }]) => ({
        id,
        transport,
        shown: feed.shown,
        position: await feed.ended,
      })),
    );
  }

  /** Compares what they were shown with where they stand now. */
  leave(model: LogModel, cut: readonly Cut[]): void {
    for (const { id, shown, position } of cut) {
      const follower = followerOf(model, id);
      assertSame(shown, model.shownUpTo(follower, position));
      follower.connection = undefined;
      follower.cursor = position;
    }
  }

  async comeBack(model: LogModel, cut: readonly Cut[]): Promise<void> {
    for (const { id, transport } of cut) {
      if (model.canOpen(followerOf(model, id).feed)) await this.connect(model, id, transport);
    }
  }

  /** Begins another life where this one might have too many refusals. */
  async makeRoom(refusals: number, model: LogModel): Promise<void> {
    if (this.#refusals + refusals > MOST_REFUSALS) await this.restart('SIGTERM', model);
  }

  millrace(...args: readonly string[]): Promise<CommandResult> {
    return millrace(...args, '--json', '--data-dir', this.dataDir);
  }

  /** Undefined when the connection ended before the whole answer. */
  async post(path: string, body: string, key?: string): Promise<Posted | undefined> {
    const headers = { 'content-type': 'application/json', ...(key === undefined ? {} : { 'idempotency-key': key }) };
    try {
      const response = await fetch(`${this.url}${path}`, { method: 'POST', headers, body });
      if (response.status === 409) this.#refusals += 1;
      return { status: response.status, body: await response.json() };
    } catch {
      return undefined;
    }
  }

  /** Lets a follower connect from where it stands. It must be let in; what it is shown is compared when all is settled. */
  async connect(model: LogModel, id: number, transport: Transport, drops?: number): Promise<void> {
    const follower = followerOf(model, id);
    const resolved = model.connect(follower);
    this.count(`${resolved.kind === 'resume' ? 'resumed' : resolved.reason} over ${transport}`);
    const url = `${this.url}${FEEDS[follower.feed].path}`;
    const stop = drops === undefined ? {} : { drops };
    const feed = await FollowedFeed.open({ url, transport, cursor: follower.cursor, ...stop });
    this.#connected.set(id, { transport, feed });
  }

  async drop(model: LogModel, id: number): Promise<void> {
    await this.#end(model, id, (feed) => feed.drop());
  }

  /** Waits for a follower that drops by itself after so many events. */
  async dropped(model: LogModel, id: number, events: number): Promise<void> {
    await this.#end(model, id, async (feed) => {
      await expect.poll(() => feed.hasEnded, { timeout: LATE_MS, interval: 2 }).toBe(true);
      expect(feed.shown.filter((line) => !line.startsWith('reset'))).toHaveLength(events);
      return feed.ended;
    });
  }

  /** Takes down the cursors of what was appended: each event under its number, by the feed that shows it, and no other. */
  async learn(model: LogModel): Promise<void> {
    const from = model.tags.length;
    if (from === model.head) return;
    const cursor = model.cursorOf(from);
    const shown = [await this.#read('events', cursor), await this.#read('messages', cursor)].flat();
    shown.sort((left, right) => seqOf(left) - seqOf(right));
    for (const line of shown) model.learn(line.slice(0, line.indexOf(' ')));
    const appended = [...model.shown('events', from), ...model.shown('messages', from)];
    appended.sort((left, right) => seqOf(left) - seqOf(right));
    assertSame(shown, appended);
  }

  /** Compares all that can be seen from outside. */
  async settle(model: LogModel): Promise<void> {
    await this.learn(model);
    for (const [id, { feed, transport }] of this.#connected) {
      const follower = followerOf(model, id);
      if (feed.hasEnded) throw new Error(`the ${transport} connection of follower ${id} has ended by itself`);
      const wanted = model.shownTo(follower);
      const isSame = () => firstDifference(feed.shown, wanted) === undefined;
      await expect
        .poll(isSame, { timeout: LATE_MS, interval: 2 })
        .toBe(true)
        .catch(() => assertSame(feed.shown, wanted));
    }
    const messages = model.kept.filter(({ channel }) => channel !== undefined).length;
    const head = model.cursorOf(model.head);
    const metrics = await this.#get('/api/metrics');
    expect(metrics).toMatchObject({ total_messages: messages, cursor: head });
    const recent = await this.#get('/events/recent?limit=1');
    expect(recent).toMatchObject({ total: model.kept.length - messages, cursor: head });
  }

  /** The position before the first event that is kept. */
  async earliest(): Promise<string> {
    return pageSchema.parse(await this.#get('/stream?cursor=earliest')).from;
  }

  /** Everything that the log still shows, from the first event kept on. */
  async readAll(model: LogModel): Promise<void> {
    for (const feed of ['events', 'messages'] as const) {
      const shown = await this.#read(feed, 'earliest');
      assertSame(shown, model.shown(feed, model.trimmed));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#connected.values()].map(({ feed }) => feed.drop()));
    await this.#server?.stop('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #end(model: LogModel, id: number, end: (feed: FollowedFeed) => Promise<string>): Promise<void> {
    const connected = this.#connected.get(id);
    if (!connected) throw new Error(`follower ${id} is not connected`);
    const { transport, feed } = connected;
    const position = await end(feed);
    this.#connected.delete(id);
    this.leave(model, [{ id, transport, shown: feed.shown, position }]);
  }

  async #read(feed: FeedName, after: string): Promise<string[]> {
    const lines: string[] = [];
    let cursor = after;
    for (let isUpToDate = false; !isUpToDate; ) {
      const url = new URL(`${this.url}${FEEDS[feed].path}`);
      url.searchParams.set('cursor', cursor);
      const response = await fetch(url, { headers: { accept: 'application/json' } });
      const page = pageSchema.parse(await response.json());
      for (const message of page.events) {
        const text = shownText(message);
        if (text !== undefined) lines.push(`${message.cursor} ${text}`);
      }
      ({ cursor, upToDate: isUpToDate } = page);
    }
    return lines;
  }

  async #get(path: string): Promise<unknown> {
    return (await fetch(`${this.url}${path}`, { headers: { accept: 'application/json' } })).json();
  }
}

function followerOf(model: LogModel, id: number): ModelFollower {
  const follower = model.followers.get(id);
  if (!follower) throw new Error(`there is no follower ${id}`);
  return follower;
}

/** The whole of what differs: assertions cut long values short. */
function assertSame(shown: readonly string[], wanted: readonly string[]): void {
  const difference = firstDifference(shown, wanted);
  if (difference !== undefined) throw new Error(difference);
}

/** In words; undefined when they are the same. */
function firstDifference(shown: readonly string[], wanted: readonly string[]): string | undefined {
  const index = Array.from(wanted.length > shown.length ? wanted : shown).findIndex(
    (_, at) => shown[at] !== wanted[at],
  );
  return index < 0 ? undefined : `line ${index}: shown "${shown[index]}", not "${wanted[index]}"`;
}

/** Number of the event of a line. */
function seqOf(line: string): number {
  return Number(line.split('.', 2)[1]);
}
