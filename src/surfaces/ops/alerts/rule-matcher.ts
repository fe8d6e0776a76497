import { isJsonObject } from '../../../engine/http/json-safety.ts';
import type { LogRecord } from '../../../engine/log/log.ts';
import type { Severity } from '../events.ts';
import type { EventRule, RecordMatch } from './alert-rules.ts';
import { type Comparison, fillTemplate, holds } from './conditions.ts';

/** A record that counts for a rule. */
export interface Hit {
  readonly rule: EventRule;
  readonly effect: 'match' | 'clear';
  readonly cause: string;
  readonly severity: Severity;
  /** The members of the record. */
  readonly body: Readonly<Record<string, unknown>>;
}

interface Part {
  readonly rule: EventRule;
  readonly effect: Hit['effect'];
  readonly severity: Severity;
  readonly where: readonly Comparison[];
  /** A body without one text of each of these can't meet the comparisons: most bodies need not be parsed. */
  readonly needles: readonly (readonly string[])[];
}

/** Finds the rules that a record counts for. */
export class RuleMatcher {
  readonly #parts = new Map<string, Part[]>();

  constructor(rules: readonly EventRule[]) {
    for (const rule of rules) {
      // A record that clears and is meant begins anew.
      for (const match of rule.clear ?? []) this.#add(rule, 'clear', match);
      for (const match of rule.when) this.#add(rule, 'match', match);
    }
  }

  /** At most one clearing and one match of each rule. `canClear` spares the look at records that would clear nothing. */
  hits({ type, body: text }: LogRecord, canClear: (rule: EventRule) => boolean): Hit[] {
    const hits: Hit[] = [];
    let body: unknown;
    for (const { rule, effect, severity, where, needles } of this.#parts.get(type) ?? []) {
      if (effect === 'clear' && !canClear(rule)) continue;
      if (!needles.every((texts) => texts.some((needle) => text.includes(needle)))) continue;
      if (hits.some((hit) => hit.rule === rule && hit.effect === effect)) continue;
      body ??= JSON.parse(text);
      if (!isJsonObject(body) || !where.every((comparison) => holds(comparison, body))) continue;
      const cause = fillTemplate(rule.cause, body);
      if (cause !== undefined && cause !== '') hits.push({ rule, effect, cause, severity, body });
    }
    return hits;
  }

  #add(rule: EventRule, effect: Hit['effect'], { type, where = [], severity = rule.severity }: RecordMatch): void {
    const parts = this.#parts.get(type) ?? [];
    parts.push({ rule, effect, severity, where, needles: where.flatMap(needlesOf) });
    this.#parts.set(type, parts);
  }
}

/** Bodies are written by `JSON.stringify`, so a text stands in them as it does here. */
function needlesOf({ op, value }: Comparison): string[][] {
  const values = op === 'eq' ? [value] : op === 'in' ? value : [];
  const texts = values.flatMap((one) => (typeof one === 'string' ? [JSON.stringify(one)] : []));
  return texts.length > 0 && texts.length === values.length ? [texts] : [];
}
