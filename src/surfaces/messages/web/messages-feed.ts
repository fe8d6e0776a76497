import { useState } from 'react';
import type { FeedConnection } from '../../../client/feed-connection.ts';
import { animationFrames } from '../../../react/frame-scheduler.ts';
import type { MessagesAnswers } from './messages-answers.ts';
import { messagesApi } from './messages-api.ts';
import { createLiveConnection } from './messages-live.ts';
import { createMessagesModel, type MessagesModel } from './messages-model.ts';
import type { MessagesSearch } from './messages-search.ts';

export interface MessagesFeed {
  readonly model: MessagesModel;
  readonly connection: FeedConnection;
}

/** The state of the page joined to its feed, which sends only what is of the chosen channel and user. */
function createMessagesFeed(search: MessagesSearch, rendered?: MessagesAnswers): MessagesFeed {
  const model = createMessagesModel({ api: messagesApi, frames: animationFrames, search, rendered });
  const connection = createLiveConnection({
    view: 'messages',
    channel: search.channel,
    user: search.user,
    cursor: model.renderedCursor,
    snapshot: model.loadSnapshot,
    onMessages: model.receive,
    onFailed: model.fail,
  });
  return { model, connection };
}

/** One feed as long as the channel and the user stay the same; other filters are applied to what it sends. */
export function useMessagesFeed(search: MessagesSearch, rendered?: MessagesAnswers): MessagesFeed {
  const key = JSON.stringify([search.channel, search.user]);
  const [held, setHeld] = useState(() => ({ key, feed: createMessagesFeed(search, rendered) }));
  if (held.key === key) return held.feed;
  const next = { key, feed: createMessagesFeed(search) };
  setHeld(next);
  return next.feed;
}
