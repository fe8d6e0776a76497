import { type Connection, useConnection } from '../react/use-connection.ts';
import { useNow } from '../react/use-now.ts';
import { classNames } from './class-names.ts';
import { connectionWords, countdown } from './connection-words.ts';
import { TONE_CLASSES } from './tone-classes.ts';

/** How the page's connection stands, as text and colour; `.status-connected` while it is live (specs/004). */
export function ConnectionStatusBadge() {
  const connection = useConnection();
  // It always takes the same room and grows to the end only, so that nothing moves when it comes or changes.
  return <span className="inline-flex w-50 max-sm:w-36">{connection && <Badge connection={connection} />}</span>;
}

function Badge({ connection: { status, now } }: { readonly connection: Connection }) {
  const { text, tone } = connectionWords(status.name);
  return (
    <span
      className={classNames(
        'inline-flex h-7 items-center gap-1.5 rounded-full px-2.5 text-xs font-medium whitespace-nowrap',
        TONE_CLASSES[tone],
        status.name === 'live' ? 'status-connected' : `status-${status.name}`,
      )}
    >
      <span className="size-2 rounded-full bg-current" aria-hidden />
      <span role="status" aria-label={`Connection: ${text}`}>
        {text}
      </span>
      {/* While polling, what comes next is another try of the stream: of no interest to who reads the numbers. */}
      {status.nextRetryAt !== undefined && status.name !== 'polling' && (
        <span className="max-sm:hidden">
          <Countdown status={status} now={now} />
        </span>
      )}
    </span>
  );
}

/** Outside the live region: a screen reader is told of the loss once, not every second. */
export function Countdown({
  status,
  now,
}: {
  readonly status: Parameters<typeof countdown>[0];
  readonly now: () => number;
}) {
  useNow(250);
  return <span>{countdown(status, now())}</span>;
}
