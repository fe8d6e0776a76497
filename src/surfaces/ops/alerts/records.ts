import type { NewEvent } from '../../../engine/log/log.ts';
import { type Alert, OPS_CHANNEL } from '../events.ts';
import type { StoredMatches } from './recent-matches.ts';

/** Record of an alert as it is now: whole, the newest of an id replaces the one before. */
export const ALERT_CHANGED = 'ops.alert_changed';
/** Record of how far the log was looked at, so that a restart need not begin at its first record. */
export const ALERTS_EVALUATED = 'ops.alerts_evaluated';

/** Body of an {@link ALERT_CHANGED} record. */
export interface AlertBody extends Alert {
  /** The record up to which the cause was looked at; 0 where a figure is the cause. Not shown. */
  readonly through_seq: number;
}

/** Body of an {@link ALERTS_EVALUATED} record. */
export interface EvaluatedBody {
  readonly through_seq: number;
  /** What had come by then of rules that take more than one. */
  readonly matches: readonly StoredMatches[];
}

/** A change that was stored already is not stored again, whoever finds it once more. */
export function alertEvent(alert: Alert, throughSeq: number): NewEvent {
  const event = {
    type: ALERT_CHANGED,
    channel: OPS_CHANNEL,
    body: JSON.stringify({ ...alert, through_seq: throughSeq }),
  };
  if (throughSeq === 0) return event;
  const key = `ops/alert/${alert.id}/${alert.state}/${throughSeq}`;
  return { ...event, idempotency: { key, digest: 'alert' } };
}

/** The same alert once more, because somebody has seen it. */
export function acknowledgedEvent(body: AlertBody): NewEvent {
  return { type: ALERT_CHANGED, channel: OPS_CHANNEL, body: JSON.stringify(body) };
}

export function evaluatedEvent(body: EvaluatedBody): NewEvent {
  return { type: ALERTS_EVALUATED, channel: OPS_CHANNEL, body: JSON.stringify(body) };
}

/** The alert of a stored body. */
export function alertOf(body: string): Alert {
  const { through_seq: _, ...alert } = JSON.parse(body) as AlertBody;
  return alert;
}
