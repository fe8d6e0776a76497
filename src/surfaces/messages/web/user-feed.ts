import type { FeedConnection } from '../../../client/feed-connection.ts';
import { runtimeEnvironment } from '../../../client/runtime-environment.ts';
import { animationFrames } from '../../../react/frame-scheduler.ts';
import type { UserDetail } from '../events.ts';
import { messagesApi } from './messages-api.ts';
import { createLiveConnection } from './messages-live.ts';
import { readUser } from './user-api.ts';
import { createUserModel, type UserModel } from './user-model.ts';

export interface UserFeed {
  readonly model: UserModel;
  readonly connection: FeedConnection;
  /** What is followed once the user is deleted: the server forgets them after a while, and then has no feed of them. */
  readonly arrival: FeedConnection;
}

/** The state of one user's page joined to its view of `/live`; idle until the connection is started. */
export function createUserFeed(name: string, rendered?: UserDetail): UserFeed {
  const model = createUserModel({
    read: (signal) => readUser(name, signal),
    rendered,
    frames: animationFrames,
    now: () => Date.now(),
    schedule: runtimeEnvironment.schedule,
  });
  const connection = createLiveConnection({
    view: 'user',
    user: name,
    cursor: model.renderedCursor,
    snapshot: model.loadSnapshot,
    poll: model.loadSnapshot,
    onMessages: model.receive,
  });
  return { model, connection, arrival: createArrivalFeed(name, model.welcome) };
}

/** Waits until a user is there: looks once, then listens to what comes after that look. */
export function createArrivalFeed(name: string, onArrival: () => void): FeedConnection {
  const look = async (signal: AbortSignal) => {
    // The position first: a user who comes between the two reads is then found twice rather than never.
    const { cursor } = await messagesApi.metrics(signal);
    if (await readUser(name, signal)) onArrival();
    return cursor;
  };
  return createLiveConnection({
    view: 'users',
    snapshot: look,
    poll: look,
    onMessages(rows) {
      const isThere = rows.some((row) => row.type === 'user' && row.user === name && row.unavailable === undefined);
      if (isThere) onArrival();
    },
  });
}
