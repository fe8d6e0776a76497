import { useConnection } from '../react/use-connection.ts';
import { useNow } from '../react/use-now.ts';
import { ago, clockMinute } from './time-format.ts';

/** Quiet for so long is said to be idle. */
const IDLE_MS = 60_000;
/** Keeps the line of a brief note, so that the cards of a row stand alike. */
const NO_NOTE = '\u00a0';

export interface IdleNoteProps {
  /** What is waited for, for example `message`. */
  readonly of: string;
  /** When the newest one came; undefined while there is none. */
  readonly lastAt: number | undefined;
  /** Beside a figure that says how long ago it was: a few words, also where it is not idle. */
  readonly isBrief?: boolean;
}

/** "No message since 14:02 (5 minutes ago)": says that a quiet page is quiet, not broken; nothing while it is not live. */
export function IdleNote({ of, lastAt, isBrief = false }: IdleNoteProps) {
  const now = useNow(1_000);
  const isLive = useConnection()?.connectionStatus === 'connected';
  const isIdle = lastAt !== undefined && now - lastAt >= IDLE_MS;
  if (isBrief) {
    if (lastAt === undefined) return isLive ? `Waiting for the first ${of}` : NO_NOTE;
    if (!isLive) return 'As last heard';
    return isIdle ? `Idle since ${clockMinute(lastAt, now)}` : 'Live';
  }
  if (!isLive || !isIdle) return null;
  return (
    <p className="min-w-0 truncate text-muted">
      No {of} since {clockMinute(lastAt, now)} ({ago(lastAt, now)})
    </p>
  );
}
