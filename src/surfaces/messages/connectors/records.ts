import type { NewEvent } from '../../../engine/log/log.ts';
import type { Liveness } from '../../../protocol/connector.ts';
import { MESSAGES_CHANNEL } from '../events.ts';
import type { IrcSettings } from './irc/irc-settings.ts';

/** Types of the log's records about connectors. */
export const ADDED = 'messages.connector_added';
export const REMOVED = 'messages.connector_removed';
export const CHANGED = 'messages.connector_changed';
export const FAILED = 'messages.connector_failed';

/** `request`: added while running, and kept. `configuration`: there for as long as the configuration names it. */
export type ConnectorOrigin = 'request' | 'configuration';

/** Whole: the connector can be started from this alone. No secret is in it. */
export interface AddedBody {
  readonly id: string;
  readonly kind: 'irc';
  readonly origin: ConnectorOrigin;
  readonly settings: Omit<IrcSettings, 'id'>;
}

export interface RemovedBody {
  readonly id: string;
}

export interface ChangedBody {
  readonly id: string;
  readonly liveness: Liveness;
}

/** `count` failures, the newest of which is `error`. */
export interface FailedBody {
  readonly id: string;
  readonly error: string;
  readonly count: number;
}

export function addedEvent(body: AddedBody): NewEvent {
  return event(ADDED, body);
}

export function removedEvent(body: RemovedBody): NewEvent {
  return event(REMOVED, body);
}

export function changedEvent(body: ChangedBody): NewEvent {
  return event(CHANGED, body);
}

export function failedEvent(body: FailedBody): NewEvent {
  return event(FAILED, body);
}

function event(type: string, body: object): NewEvent {
  return { type, channel: MESSAGES_CHANNEL, body: JSON.stringify(body) };
}
