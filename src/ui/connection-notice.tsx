import { useConnection } from '../react/use-connection.ts';
import { Button } from './button.tsx';
import { Countdown } from './connection-status-badge.tsx';
import { connectionWords } from './connection-words.ts';
import { LivePausedBanner } from './live-paused-banner.tsx';

/** Says that what stands below is no longer live, and offers the way back; nothing while it is. */
export function ConnectionNotice() {
  const connection = useConnection();
  if (!connection) return null;
  const { status, now, reconnect, resume } = connection;
  const { text, action } = connectionWords(status.name);
  if (!action) return null;
  if (status.name === 'polling') return <LivePausedBanner />;
  return (
    <div className="flex flex-wrap items-center gap-x-2 gap-y-1 border-b border-line bg-warn-ground px-4 py-1.5 text-warn">
      <strong className="font-semibold">{text}</strong>
      {status.nextRetryAt !== undefined && <Countdown status={status} now={now} />}
      <span className="text-text">{EXPLANATIONS[status.name] ?? DEFAULT_EXPLANATION}</span>
      <Button className="ml-auto h-7" onClick={action === 'resume' ? resume : reconnect}>
        {action === 'resume' ? 'Connect' : 'Reconnect now'}
      </Button>
    </div>
  );
}

const DEFAULT_EXPLANATION = 'What you see is not live. Missed events are filled in when the connection returns.';

const EXPLANATIONS: Partial<Record<string, string>> = {
  evicted: 'Another window took over this connection.',
  unauthorized: 'The server refused this connection.',
};
