import type { LogRecord, NewEvent } from '../../engine/log/log.ts';
import type { ProposalEvent } from './events.ts';

export type EventName = ProposalEvent['type'];

/** The log's type for each message of the feeds. */
export const RECORD_TYPES = {
  validation_start: 'proposals.validation_started',
  output: 'proposals.output_written',
  validation_complete: 'proposals.validation_completed',
  validation_error: 'proposals.validation_failed',
  iteration_start: 'proposals.iteration_started',
  token: 'proposals.tokens_streamed',
  iteration_complete: 'proposals.iteration_completed',
  iteration_cancelled: 'proposals.iteration_cancelled',
  iteration_error: 'proposals.iteration_failed',
  proposal_status_changed: 'proposals.status_changed',
  comment_created: 'proposals.comment_created',
  comment_updated: 'proposals.comment_updated',
  lock_changed: 'proposals.lock_changed',
  file_changed: 'proposals.file_changed',
  reviewers_changed: 'proposals.reviewers_changed',
  proposal_created: 'proposals.created',
} as const satisfies Record<EventName, `proposals.${string}`>;

const EVENT_NAMES: ReadonlyMap<string, EventName> = new Map(
  Object.entries(RECORD_TYPES).map(([name, type]) => [type, name as EventName]),
);

type WithoutPosition<Event> = Event extends ProposalEvent ? Omit<Event, 'at' | 'cursor'> : never;
/** A message that was not committed yet: the log gives it `at` and `cursor`. */
export type NewProposalEvent = WithoutPosition<ProposalEvent>;

/** What the record of a change to a file holds beside its message, so that the version can be read later. */
export interface FileVersion {
  readonly bytes: number;
  /** Absent for what is no text, or is too long. */
  readonly content?: string;
}

export function channelOf(project: string): string {
  return `proposals/${project}`;
}

/**
 * The message as it is stored: its members, `proposal_id` first, so that a feed of one proposal filters without parsing.
 * `version` belongs to `file_changed` and is shown by no feed.
 */
export function toLogEvent(event: NewProposalEvent, version?: FileVersion): NewEvent {
  const { type, proposal_id, ...members } = event;
  const project = event.type === 'lock_changed' ? event.project_id : (proposal_id.split('.', 1)[0] ?? '');
  const body = { proposal_id, ...members, ...(version ? { version } : {}) };
  return { type: RECORD_TYPES[type], channel: channelOf(project), body: JSON.stringify(body) };
}

/** The name of a record's message; undefined for records of others. */
export function eventNameOf({ type }: LogRecord): EventName | undefined {
  return EVENT_NAMES.get(type);
}

export function isOfProposal({ body }: LogRecord, id: string): boolean {
  return body.startsWith(`{"proposal_id":"${id}"`);
}

/** The message of the feeds, as JSON text. */
export function messageText(record: LogRecord, cursor: string): string {
  const name = eventNameOf(record);
  const body = name === 'file_changed' ? withoutVersion(record.body) : record.body;
  return `{"type":"${name}",${body.slice(1, -1)},"at":"${new Date(record.at).toISOString()}","cursor":"${cursor}"}`;
}

function withoutVersion(body: string): string {
  const { version: _, ...members } = JSON.parse(body);
  return JSON.stringify(members);
}
