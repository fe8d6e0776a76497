import type { LogRecord } from '../../../engine/log/log.ts';
import type { Alert } from '../events.ts';
import type { AlertRule, EventRule } from './alert-rules.ts';
import { fillTemplate, fillText } from './conditions.ts';
import { RecentMatches, type StoredMatches } from './recent-matches.ts';
import { ALERT_CHANGED, ALERTS_EVALUATED, type AlertBody } from './records.ts';
import { type Hit, RuleMatcher } from './rule-matcher.ts';

/** Causes of one rule that are open at a time; more are counted on one alert that says so. */
export const MAX_OPEN_CAUSES = 1_000;
export const OVERFLOW_CODE = 'alert-causes-exceeded';

/** An alert as it is now, and the record up to which its cause was looked at. */
export interface AlertChange {
  readonly alert: Alert;
  readonly throughSeq: number;
}

export interface AlertFoldOptions {
  readonly rules: readonly AlertRule[];
  /** Told of every change, in order. */
  readonly onChange: (change: AlertChange) => void;
  /** Default {@link MAX_OPEN_CAUSES}. */
  readonly maxOpenCauses?: number;
}

/** What a fold goes on from. */
export interface StoredAlerts {
  /** Open ones, and those that were cleared by records after the position from which it goes on. */
  readonly alerts: readonly AlertBody[];
  readonly matches: readonly StoredMatches[];
}

/** What is true of an alert while it is open. */
export type AlertFacts = Pick<Alert, 'severity' | 'title' | 'message' | 'link'>;

/**
 * Which alerts are open after the records it was given: nothing but they and the rules decide. Given a record again that
 * an alert has seen already, it changes nothing of it; so a restart may look at records once more.
 */
export class AlertFold {
  readonly #matcher: RuleMatcher;
  readonly #rules: ReadonlyMap<string, AlertRule>;
  readonly #onChange: (change: AlertChange) => void;
  readonly #maxOpen: number;
  readonly #matches = new RecentMatches();
  readonly #open = new Map<string, AlertChange>();
  readonly #openOf = new Map<string, number>();
  /** Of causes whose alert was cleared: the record that did it. */
  readonly #clearedThrough = new Map<string, number>();

  constructor({ rules, onChange, maxOpenCauses = MAX_OPEN_CAUSES }: AlertFoldOptions) {
    this.#rules = new Map(rules.map((rule) => [rule.code, rule]));
    this.#matcher = new RuleMatcher(rules.filter((rule) => rule.kind === 'event'));
    this.#onChange = onChange;
    this.#maxOpen = maxOpenCauses;
  }

  /** Takes up where another fold was; alerts of rules that are no more are cleared at `now`. */
  restore({ alerts, matches }: StoredAlerts, now: number): void {
    this.#matches.restore(matches);
    for (const { through_seq: throughSeq, ...alert } of alerts) {
      const key = keyOf(alert);
      if (alert.state === 'raised') {
        this.#keep(key, { alert, throughSeq });
        continue;
      }
      this.#clearedThrough.set(key, Math.max(throughSeq, this.#clearedThrough.get(key) ?? 0));
    }
    for (const { alert, throughSeq } of this.#open.values()) {
      const owner = alert.code === OVERFLOW_CODE ? alert.cause : alert.code;
      if (!this.#rules.has(owner)) this.clear(alert, { at: now, throughSeq });
    }
  }

  /** What a later fold needs beside the alerts. */
  storedMatches(): StoredMatches[] {
    return this.#matches.stored();
  }

  /** The open alert of a code and cause. */
  find(code: string, cause: string): Alert | undefined {
    return this.#open.get(keyOf({ code, cause }))?.alert;
  }

  openAlerts(): Alert[] {
    return [...this.#open.values()].map(({ alert }) => alert);
  }

  /** The watch's own records trigger nothing, whatever the rules say. */
  apply(record: LogRecord): void {
    if (record.type === ALERT_CHANGED || record.type === ALERTS_EVALUATED) return;
    const canClear = (rule: EventRule) => this.#matches.hasAny(rule) || (this.#openOf.get(rule.code) ?? 0) > 0;
    for (const hit of this.#matcher.hits(record, canClear)) {
      if (hit.effect === 'match') this.#match(hit, record);
      else this.#clearBy(hit, record);
    }
  }

  /** Clears what did not come again for as long as its rule says. */
  expire(now: number): void {
    for (const change of this.#open.values()) {
      const rule = this.#rules.get(change.alert.code);
      if (rule?.kind === 'event') this.#expireOne(change, rule, now);
    }
  }

  /** Raises the alert of a code and cause, or says of the open one what is true now. */
  raise(named: Pick<Alert, 'code' | 'cause'>, facts: AlertFacts, at: RaisedAt): void {
    const key = keyOf(named);
    const before = this.#open.get(key)?.alert;
    const time = new Date(at.at).toISOString();
    const alert: Alert = before
      ? { ...before, ...facts, count: before.count + at.count, last_at: time }
      : {
          id: at.id,
          ...named,
          state: 'raised',
          ...facts,
          count: at.count,
          raised_at: time,
          last_at: time,
          cleared_at: null,
          acknowledged_at: null,
          acknowledged_by: null,
        };
    this.#keep(key, { alert, throughSeq: at.throughSeq });
    this.#onChange({ alert, throughSeq: at.throughSeq });
  }

  /** Does nothing where none is open. */
  clear(named: Pick<Alert, 'code' | 'cause'>, { at, throughSeq }: { at: number; throughSeq: number }): void {
    const key = keyOf(named);
    const before = this.#open.get(key)?.alert;
    if (!before) return;
    this.#open.delete(key);
    const left = (this.#openOf.get(named.code) ?? 1) - 1;
    this.#openOf.set(named.code, left);
    this.#onChange({ alert: { ...before, state: 'cleared', cleared_at: new Date(at).toISOString() }, throughSeq });
    if (left < this.#maxOpen) this.clear({ code: OVERFLOW_CODE, cause: named.code }, { at, throughSeq });
  }

  #match({ rule, cause, severity, body }: Hit, { seq, at }: LogRecord): void {
    const found = this.#matches.note(rule, cause, at);
    const named = { code: rule.code, cause };
    const key = keyOf(named);
    const known = this.#open.get(key);
    if (seq <= Math.max(known?.throughSeq ?? 0, this.#clearedThrough.get(key) ?? 0)) return;
    if (known) this.#expireOne(known, rule, at);
    const isOpen = this.#open.has(key);
    if (!isOpen && found < (rule.count ?? 1)) return;
    if (!isOpen && (this.#openOf.get(rule.code) ?? 0) >= this.#maxOpen) return this.#overflow(rule, { seq, at });
    const facts: AlertFacts = {
      severity,
      title: fillText(rule.title, body),
      message: fillText(rule.message, body),
      link: rule.link === null ? null : (fillTemplate(rule.link, body, encodeURIComponent) ?? null),
    };
    this.raise(named, facts, { id: `${rule.code}-${seq}`, at, throughSeq: seq, count: isOpen ? 1 : found });
  }

  #clearBy({ rule, cause }: Hit, { seq, at }: LogRecord): void {
    this.#matches.forget(rule, cause);
    const named = { code: rule.code, cause };
    const known = this.#open.get(keyOf(named));
    if (known && seq > known.throughSeq) this.clear(named, { at, throughSeq: seq });
  }

  #expireOne({ alert, throughSeq }: AlertChange, { clearAfterMs }: EventRule, now: number): void {
    if (clearAfterMs === undefined) return;
    const endsAt = Date.parse(alert.last_at) + clearAfterMs;
    if (endsAt <= now) this.clear(alert, { at: endsAt, throughSeq });
  }

  #overflow({ code }: EventRule, { seq, at }: Pick<LogRecord, 'seq' | 'at'>): void {
    const facts: AlertFacts = {
      severity: 'warning',
      title: `Too many alerts of ${code}`,
      message: `${this.#maxOpen} alerts of ${code} are open. What comes beside them is only counted here.`,
      link: null,
    };
    const named = { code: OVERFLOW_CODE, cause: code };
    const known = this.#open.get(keyOf(named));
    if (known && seq <= known.throughSeq) return;
    this.raise(named, facts, { id: `${OVERFLOW_CODE}-${code}-${seq}`, at, throughSeq: seq, count: 1 });
  }

  #keep(key: string, change: AlertChange): void {
    const { code } = change.alert;
    if (!this.#open.has(key)) this.#openOf.set(code, (this.#openOf.get(code) ?? 0) + 1);
    this.#open.set(key, change);
  }
}

interface RaisedAt {
  /** Used when no alert of the code and cause is open. */
  readonly id: string;
  /** Wall-clock milliseconds. */
  readonly at: number;
  readonly throughSeq: number;
  /** By how much its count grows. */
  readonly count: number;
}

/** A code has no spaces. */
function keyOf({ code, cause }: Pick<Alert, 'code' | 'cause'>): string {
  return `${code} ${cause}`;
}
