import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useFeedConnection } from '../../../react/use-feed-connection.ts';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { createArrivalFeed } from './user-feed.ts';

export interface UserUnknownProps {
  readonly name: string;
  readonly onArrival: () => void;
}

/** Says that there is nobody of this name, until there is. */
export function UserUnknown({ name, onArrival }: UserUnknownProps) {
  const [connection] = useState(() => createArrivalFeed(name, onArrival));
  useFeedConnection(connection);
  return (
    <EmptyState title="No such user">
      <p className="max-w-prose text-muted [overflow-wrap:anywhere]">
        Nobody called <strong className="text-text">{name}</strong> has posted a message, or they were deleted. With
        their first message this page shows it by itself.
      </p>
      <p>
        <Link to="/users" className="text-accent underline underline-offset-2">
          Go to all users
        </Link>
      </p>
    </EmptyState>
  );
}
