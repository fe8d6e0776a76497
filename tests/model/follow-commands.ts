import { parseCursor } from '../../src/protocol/cursor.ts';
import type { Transport } from '../support/raw-feed.ts';
import { Command } from './command.ts';
import type { FeedName } from './feeds.ts';
import type { LogModel } from './log-model.ts';
import type { World } from './world.ts';

/** Where a follower begins: a word, or a position that is or was one, or might have been. */
export type Beginning =
  | { readonly at: 'earliest' | 'latest' }
  /** Any number up to the head; what retention has removed is among them. */
  | { readonly at: 'position'; readonly share: number }
  | { readonly at: 'beyond'; readonly by: number }
  /** The number of an event, with the tag of none. */
  | { readonly at: 'other tag'; readonly share: number }
  /** Of the log that was there before the last restore. */
  | { readonly at: 'former log' };

export interface Subscription {
  readonly follower: number;
  readonly feed: FeedName;
  readonly transport: Transport;
  readonly beginning: Beginning;
}

/** Of a hundred. */
const WHOLE = 100;

export function subscribe({ follower: id, feed, transport, beginning }: Subscription): Command {
  return new Command({
    name: 'subscribe',
    about: { id, feed, transport, beginning },
    canRun: (model) => model.canOpen(feed) && cursorFor(model, beginning) !== undefined,
    async run(model, world) {
      await leave(model, world, id);
      const cursor = cursorFor(model, beginning) ?? 'earliest';
      model.followers.set(id, { feed, cursor, connection: undefined });
      await world.connect(model, id, transport);
      world.count(`began at ${beginning.at}`);
      world.count(`followed ${feed}`);
    },
  });
}

export function drop(id: number): Command {
  return new Command({
    name: 'drop',
    about: { id },
    canRun: (model) => model.followers.get(id)?.connection !== undefined,
    run: (model, world) => world.drop(model, id),
  });
}

/** Comes back, or goes on by another transport, from wherever it stands. */
export function switchTransport(id: number, transport: Transport): Command {
  return new Command({
    name: 'switch transport',
    about: { id, transport },
    canRun: (model) => canConnect(model, id),
    async run(model, world) {
      await leave(model, world, id);
      await world.connect(model, id, transport);
    },
  });
}

/** Comes back and is gone again after so many events, in the middle of a batch where there are more. */
export function readPart(id: number, transport: Transport, events: number): Command {
  return new Command({
    name: 'read part',
    about: { id, transport, events },
    canRun(model) {
      const follower = model.followers.get(id);
      if (!follower || follower.connection || !model.canOpen(follower.feed)) return false;
      const reached = model.resolve(follower.cursor);
      return reached.kind === 'resume' && model.shown(follower.feed, reached.seq).length >= events;
    },
    async run(model, world) {
      await world.connect(model, id, transport, events);
      await world.dropped(model, id, events);
    },
  });
}

/** The text of a beginning as of now; undefined where there was no former log. */
function cursorFor(model: LogModel, beginning: Beginning): string | undefined {
  const numberAt = (share: number) => Math.floor((share * model.head) / WHOLE);
  switch (beginning.at) {
    case 'earliest':
    case 'latest':
      return beginning.at;
    case 'position':
      return model.cursorOf(numberAt(beginning.share));
    case 'beyond':
      return `${model.epoch}.${model.head + beginning.by}.aaaaaaaaaa`;
    case 'other tag': {
      const { epoch, seq } = parseCursor(model.cursorOf(numberAt(beginning.share))) ?? { epoch: '', seq: 0 };
      return `${epoch}.${seq}.aaaaaaaaaa`;
    }
    case 'former log':
      return model.formerCursors.at(-1);
    default:
      return beginning satisfies never;
  }
}

function canConnect(model: LogModel, id: number): boolean {
  const follower = model.followers.get(id);
  return follower !== undefined && model.canOpen(follower.feed);
}

async function leave(model: LogModel, world: World, id: number): Promise<void> {
  if (model.followers.get(id)?.connection) await world.drop(model, id);
}
