import { useConnection } from '../react/use-connection.ts';
import { Countdown } from './connection-status-badge.tsx';

/** When the page will be tried again by itself. */
export function NextTry() {
  const connection = useConnection();
  if (connection?.status.nextRetryAt === undefined) return null;
  return (
    <p role="timer" className="mx-auto w-full max-w-xl px-4 text-muted">
      Trying again <Countdown status={connection.status} now={connection.now} />
    </p>
  );
}
