import { useConnection } from '../react/use-connection.ts';
import { useNow } from '../react/use-now.ts';
import { ago, clockMinute } from './time-format.ts';

const IDLE_MS = 60_000;

export interface IdleNoteProps {
  /** What is waited for, for example `message`. */
  readonly of: string;
  /** When the newest one came; undefined while there is none. */
  readonly lastAt: number | undefined;
}

/** "No message since 14:02 (5 minutes ago)": says that a quiet page is quiet, not broken; nothing while it is not live. */
export function IdleNote({ of, lastAt }: IdleNoteProps) {
  const now = useNow(1_000);
  const isLive = useConnection()?.connectionStatus === 'connected';
  if (!isLive || lastAt === undefined || now - lastAt < IDLE_MS) return null;
  return (
    <p className="min-w-0 truncate text-muted">
      No {of} since {clockMinute(lastAt, now)} ({ago(lastAt, now)})
    </p>
  );
}
