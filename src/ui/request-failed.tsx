import { useEffect } from 'react';
import { RequestError } from '../react/request-error.ts';
import { useNow } from '../react/use-now.ts';
import { Button } from './button.tsx';

const TOO_MANY_REQUESTS = 429;
/** Where the server asks to wait but does not say how long. */
const DEFAULT_WAIT_MS = 5_000;

export interface RequestFailedProps {
  readonly error: Error;
  /** When it failed, in milliseconds since 1970. */
  readonly failedAt: number;
  readonly isRetrying: boolean;
  readonly onRetry: () => void;
}

/** Why a request failed and the way on. One that was refused as too many is repeated by itself when its time comes. */
export function RequestFailed({ error, failedAt, isRetrying, onRetry }: RequestFailedProps) {
  const now = useNow(250);
  const isLimited = error instanceof RequestError && error.status === TOO_MANY_REQUESTS;
  const retryAt = isLimited ? failedAt + (error.retryAfterMs ?? DEFAULT_WAIT_MS) : undefined;
  const isDue = retryAt !== undefined && now >= retryAt;
  useEffect(() => {
    if (isDue && !isRetrying) onRetry();
  }, [isDue, isRetrying, onRetry]);
  const seconds = retryAt === undefined ? 0 : Math.max(1, Math.ceil((retryAt - now) / 1_000));
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line bg-warn-ground px-4 py-2 text-warn">
      <p role="alert">{isLimited ? 'Too many requests: the server asks to wait.' : error.message}</p>
      {isRetrying ? (
        <span>Trying again…</span>
      ) : retryAt === undefined ? (
        <Button className="ml-auto h-7" onClick={onRetry}>
          Try again
        </Button>
      ) : (
        <span role="timer">Trying again in {seconds} s</span>
      )}
    </div>
  );
}
