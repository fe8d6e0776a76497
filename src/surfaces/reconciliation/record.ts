import type { LogRecord, NewEvent } from '../../engine/log/log.ts';
import type { ClientErrorEntry, ReconciliationEvent } from './events.ts';

/** Record of a service's new state: what is known of both sides, and what comparing them gave. */
export const UPDATED = 'reconciliation.updated';
/** Record of an error that a dashboard met in somebody's browser. */
export const CLIENT_FAILED = 'reconciliation.client_failed';
const CHANNEL = 'reconciliation';

/** Members that the log gives when a record is read. */
type FromLog = 'eventId' | 'type' | 'at' | 'cursor';

/** Body of an {@link UPDATED} record. Complete: the next report is compared with it alone. */
export interface UpdateBody extends Readonly<Omit<ReconciliationEvent, FromLog>> {
  /** The job ids of both sides, for the next comparison; not shown. */
  readonly jobIds?: { readonly expected?: readonly string[]; readonly actual?: readonly string[] };
}

export type ClientErrorBody = Readonly<Omit<ClientErrorEntry, FromLog>>;

export function updateEvent(update: UpdateBody): NewEvent {
  return { type: UPDATED, channel: CHANNEL, body: JSON.stringify(update) };
}

export function clientErrorEvent(error: ClientErrorBody): NewEvent {
  return { type: CLIENT_FAILED, channel: CHANNEL, body: JSON.stringify(error) };
}

export function parseUpdate(body: string): UpdateBody {
  return JSON.parse(body) as UpdateBody;
}

/** Text of the message that shows a record; `body` without its job ids. */
export function entryJson(
  { seq, at, type, body }: Pick<LogRecord, 'seq' | 'at' | 'type' | 'body'>,
  cursor: string,
): string {
  const shownType = type === UPDATED ? 'reconciliation.update' : 'client.error';
  const time = new Date(at).toISOString();
  return `{"eventId":"${seq}",${body.slice(1, -1)},"type":"${shownType}","at":"${time}","cursor":"${cursor}"}`;
}
