import { useId } from 'react';
import { useConnection } from '../react/use-connection.ts';
import { Button } from './button.tsx';

/** "Live updates paused", with the way back, while the stream cannot be opened and is polled instead (specs/001 AC-2). */
export function LivePausedBanner() {
  const connection = useConnection();
  const title = useId();
  if (connection?.connectionStatus !== 'polling-fallback') return null;
  return (
    <div
      role="alert"
      aria-labelledby={title}
      className="flex flex-wrap items-center gap-x-2 gap-y-1 border-b border-line bg-info-ground px-4 py-1.5 text-info"
    >
      <strong id={title} className="font-semibold">
        Live updates paused
      </strong>
      <span className="text-text">The stream cannot be opened; the numbers are fetched every few seconds.</span>
      <Button className="ml-auto h-7" onClick={connection.reconnect}>
        Reconnect
      </Button>
    </div>
  );
}
