import { Link } from '@tanstack/react-router';
import RefreshCw from 'lucide-react/icons/refresh-cw';
import { useCallback, useEffect, useState, useSyncExternalStore } from 'react';
import { animationFrames } from '../../../react/frame-scheduler.ts';
import { useRendered } from '../../../react/rendered.tsx';
import { useFeedConnection } from '../../../react/use-feed-connection.ts';
import { Button } from '../../../ui/button.tsx';
import { ErrorState } from '../../../ui/error-state.tsx';
import { IdleNote } from '../../../ui/idle-note.tsx';
import type { PreloadRequest } from '../../../ui/page-definition.ts';
import { SkeletonRows } from '../../../ui/skeleton-rows.tsx';
import { HomeMetrics } from './home-metrics.tsx';
import { createHomeModel, type HomeAnswers, readHome } from './home-model.ts';
import { MessageFirstSteps } from './message-first-steps.tsx';
import { LatestMessages } from './message-latest.tsx';
import { createMessagesApi, messagesApi } from './messages-api.ts';
import { createLiveConnection } from './messages-live.ts';

/** The totals and the latest messages on the start page (specs/003 US-1). */
export function Panel() {
  const rendered = useRendered<HomeAnswers>();
  const [{ model, connection }] = useState(() => createHomeFeed(rendered));
  useFeedConnection(connection);
  useEffect(() => model.stop, [model]);
  const { phase, failure, totals, latest } = useSyncExternalStore(model.subscribe, model.view, model.view);
  const refresh = useCallback(() => {
    connection.reconnect();
    void model.refresh(AbortSignal.timeout(10_000));
  }, [connection, model]);

  if (phase === 'failed') {
    return (
      <div className="min-h-0 flex-1 bg-surface">
        <ErrorState
          title="Messages cannot be loaded"
          message={failure ?? 'The server did not answer.'}
          onRetry={connection.reconnect}
        />
      </div>
    );
  }
  const lastAt = totals?.last_message_at ?? undefined;
  return (
    <section aria-label="Messages" className="flex min-h-0 min-w-0 flex-1 flex-col bg-surface">
      <HomeMetrics totals={totals} />
      {failure !== undefined && (
        <p role="alert" className="border-b border-line bg-bad-ground px-4 py-1.5 text-bad">
          {failure}
        </p>
      )}
      <header className="flex min-h-10 flex-wrap items-center gap-x-4 border-b py-1 border-line px-4">
        <h2 className="font-semibold">Latest messages</h2>
        <span className="flex min-w-0 max-sm:order-last max-sm:basis-full">
          <IdleNote of="message" lastAt={lastAt === undefined ? undefined : Date.parse(lastAt)} />
        </span>
        <span className="ml-auto flex items-center gap-2">
          <Button look="ghost" className="h-7" onClick={refresh}>
            <RefreshCw size={14} aria-hidden />
            Refresh
          </Button>
          <Link to="/messages" className="font-medium text-accent hover:underline">
            All messages
          </Link>
        </span>
      </header>
      {phase === 'loading' ? (
        <SkeletonRows label="Loading messages…" count={12} />
      ) : latest.length === 0 ? (
        <MessageFirstSteps />
      ) : (
        <LatestMessages label="Latest messages" messages={latest} />
      )}
    </section>
  );
}

export function preload({ fetch, signal }: PreloadRequest): Promise<HomeAnswers> {
  return readHome(createMessagesApi(fetch), signal);
}

function createHomeFeed(rendered: HomeAnswers | undefined) {
  const model = createHomeModel({ api: messagesApi, frames: animationFrames, rendered });
  const connection = createLiveConnection({
    view: 'home',
    cursor: model.renderedCursor,
    snapshot: model.loadSnapshot,
    onMessages: model.receive,
    onFailed: model.fail,
  });
  return { model, connection };
}
