import { createFeedConnection, type FeedConnection } from '../../../client/feed-connection.ts';
import { animationFrames } from '../../../react/frame-scheduler.ts';
import { pageNow } from '../../../react/page-clock.ts';
import type { EventFilters } from './event-filters.ts';
import type { EventsAnswers } from './events-answers.ts';
import { eventsApi } from './events-api.ts';
import { createEventsModel, type EventsModel } from './events-model.ts';

export interface EventsFeed {
  readonly model: EventsModel;
  readonly connection: FeedConnection;
}

/** The page's state joined to the feed `/stream`; idle until the connection is started. */
export function createEventsFeed(filters: EventFilters, rendered?: EventsAnswers): EventsFeed {
  const model = createEventsModel({ api: eventsApi, frames: animationFrames, now: pageNow, filters, rendered });
  const connection = createFeedConnection({
    url: '/stream',
    cursor: model.renderedCursor,
    snapshot: model.loadSnapshot,
    onEvents(messages) {
      const unreadable = model.receive(messages);
      if (unreadable > 0) console.error(`millrace: ${unreadable} messages of /stream could not be read`);
    },
    onProblem(problem) {
      console.warn(`millrace: ${problem.kind}: ${problem.message}`);
      if (problem.kind === 'snapshot_failed') model.fail(problem.message);
    },
  });
  return { model, connection };
}
