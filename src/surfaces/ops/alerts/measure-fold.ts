import type { AlertFold } from './alert-fold.ts';
import type { MeasureRule } from './alert-rules.ts';
import { fillText, holds, memberAt } from './conditions.ts';
import type { Figures } from './figures.ts';

/** The words of an open alert follow its figures this often. */
const REFRESH_MS = 60_000;

interface Moment {
  /** Wall-clock milliseconds. */
  readonly now: number;
  /** Monotonic milliseconds. */
  readonly monotonic: number;
}

/** Raises and clears the alerts of figures. What could not be measured changes nothing. */
export class MeasureFold {
  readonly #rules: readonly MeasureRule[];
  /** Since when a level of a rule holds, in monotonic time. */
  readonly #holdsSince = new Map<string, number>();

  constructor(rules: readonly MeasureRule[]) {
    this.#rules = rules;
  }

  observe(alerts: AlertFold, figures: Figures, moment: Moment): void {
    for (const rule of this.#rules) this.#observeOne(rule, { alerts, figures, ...moment });
  }

  #observeOne(rule: MeasureRule, { alerts, figures, now, monotonic }: Observation): void {
    const { code, cause, levels, heldForMs = 0 } = rule;
    const isMeasured = levels.every(({ any }) => any.every(({ path }) => memberAt(figures, path) !== undefined));
    if (!isMeasured) return;
    const level = levels.find(({ any }) => any.some((comparison) => holds(comparison, figures)));
    if (!level) {
      this.#holdsSince.delete(code);
      alerts.clear({ code, cause }, { at: now, throughSeq: 0 });
      return;
    }
    const since = this.#holdsSince.get(code) ?? monotonic;
    this.#holdsSince.set(code, since);
    if (monotonic - since < heldForMs) return;
    const open = alerts.find(code, cause);
    const message = fillText(rule.message, figures);
    const isNew = open === undefined || open.severity !== level.severity;
    const isOld = open !== undefined && open.message !== message && now - Date.parse(open.last_at) >= REFRESH_MS;
    if (!isNew && !isOld) return;
    const facts = { severity: level.severity, title: fillText(rule.title, figures), message, link: rule.link };
    const raised = { id: `${code}-${now.toString(36)}`, at: now, throughSeq: 0, count: isNew ? 1 : 0 };
    alerts.raise({ code, cause }, facts, raised);
  }
}

interface Observation extends Moment {
  readonly alerts: AlertFold;
  readonly figures: Figures;
}
