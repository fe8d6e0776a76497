import { useCallback, useEffect, useState, useSyncExternalStore } from 'react';
import { useFeedConnection } from '../../../react/use-feed-connection.ts';
import { ErrorState } from '../../../ui/error-state.tsx';
import { NextTry } from '../../../ui/next-try.tsx';
import { RequestFailed } from '../../../ui/request-failed.tsx';
import { SkeletonRows } from '../../../ui/skeleton-rows.tsx';
import type { UserDetail } from '../events.ts';
import { LatestMessages } from './message-latest.tsx';
import { SummaryDelete } from './summary-delete.tsx';
import { USERS } from './summary-kind.ts';
import { UserChannels } from './user-channels.tsx';
import { createUserFeed } from './user-feed.ts';
import { UserHead } from './user-head.tsx';

export interface UserKnownProps {
  readonly name: string;
  /** What was read already. */
  readonly rendered: UserDetail | undefined;
  readonly onUnknown: () => void;
}

/** One user's figures, channels and latest messages, live. */
export function UserKnown({ name, rendered, onUnknown }: UserKnownProps) {
  const [{ model, connection, arrival }] = useState(() => createUserFeed(name, rendered));
  const view = useSyncExternalStore(model.subscribe, model.view, model.view);
  const status = useFeedConnection(view.unavailable === undefined ? connection : arrival);
  useEffect(() => model.stop, [model]);
  const [isDeleting, setDeleting] = useState(false);
  const ask = useCallback(() => setDeleting(true), []);
  const close = useCallback(() => setDeleting(false), []);
  const isUnknown = view.phase === 'unknown';
  useEffect(() => {
    if (isUnknown) onUnknown();
  }, [isUnknown, onUnknown]);

  if (view.phase === 'failed') {
    const message = view.failure?.error.message ?? 'The server did not answer.';
    return (
      <>
        <ErrorState title="This user cannot be loaded" message={message} onRetry={connection.reconnect} />
        <NextTry />
      </>
    );
  }
  if (!view.figures) return <SkeletonRows label="Loading the user…" count={12} />;
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <UserHead
        name={name}
        figures={view.figures}
        unavailable={view.unavailable}
        isLoading={view.isLoading}
        onRefresh={model.refresh}
        onDelete={ask}
      />
      {view.failure && view.unavailable === undefined && (
        <RequestFailed
          error={view.failure.error}
          failedAt={view.failure.at}
          isRetrying={view.isLoading}
          onRetry={model.refresh}
        />
      )}
      <div className="flex min-h-0 flex-1 flex-col lg:grid lg:grid-cols-[20rem_minmax(0,1fr)] lg:grid-rows-[minmax(0,1fr)]">
        <UserChannels channels={view.figures.channels} />
        <LatestMessages
          label={`Latest messages of ${name}`}
          messages={view.messages}
          isUnavailable={view.unavailable !== undefined}
        />
      </div>
      <SummaryDelete
        kind={USERS}
        name={isDeleting ? name : undefined}
        onClose={close}
        onDeleted={status.name === 'live' ? undefined : model.refresh}
      />
    </div>
  );
}
