import type { FeedConnection } from '../../../client/feed-connection.ts';
import { runtimeEnvironment } from '../../../client/runtime-environment.ts';
import { animationFrames } from '../../../react/frame-scheduler.ts';
import { createLiveConnection } from './messages-live.ts';
import { summaryApi } from './summary-api.ts';
import type { SummaryKind } from './summary-kind.ts';
import { createSummaryModel, type SummaryAnswers, type SummaryModel } from './summary-model.ts';
import type { SummaryQuery } from './summary-search.ts';

export interface SummaryFeed {
  readonly model: SummaryModel;
  readonly connection: FeedConnection;
}

/** The state of a list joined to its view of `/live`; idle until the connection is started. */
export function createSummaryFeed(kind: SummaryKind, query: SummaryQuery, rendered?: SummaryAnswers): SummaryFeed {
  const model = createSummaryModel({
    kind,
    query,
    rendered,
    api: summaryApi(kind),
    frames: animationFrames,
    now: () => Date.now(),
    schedule: runtimeEnvironment.schedule,
  });
  const connection = createLiveConnection({
    view: kind.view,
    cursor: model.renderedCursor,
    snapshot: model.loadSnapshot,
    poll: model.loadSnapshot,
    onMessages: model.receive,
  });
  return { model, connection };
}
