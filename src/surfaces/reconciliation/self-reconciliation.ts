import type { CheckedValue, SelfCheck, WholeCheck } from '../../engine/self-check.ts';
import type { BackgroundContext } from '../../engine/surface.ts';
import { canonicalJson } from './canonical-json.ts';
import type { Counts } from './events.ts';
import { type Measured, RangeTotals } from './range-totals.ts';
import type { Reconciler } from './reconciler.ts';

/** A result that says nothing new is recorded again this often, and oftener where services get stale sooner. */
const REFRESH_MS = 10_000;

interface Check {
  readonly service: string;
  measure(): Promise<Measured | undefined>;
  /** What was recorded last, and when in monotonic time. */
  recorded: { readonly outcome: string; readonly at: number } | undefined;
}

/**
 * Compares Millrace's own figures at an interval and reports them as any service does. A round is recorded when its
 * outcome is another one, or when the last record grows old: numbers that only grow cost one record in ten seconds.
 */
export class SelfReconciliation implements AsyncDisposable {
  readonly #context: BackgroundContext;
  readonly #reconciler: Reconciler;
  readonly #checks: readonly Check[];
  readonly #intervalMs: number;
  readonly #refreshMs: number;
  #cancel = () => {};
  #running: Promise<void> | undefined;
  #isOver = false;

  constructor(context: BackgroundContext, reconciler: Reconciler) {
    const { selfCheckMs, staleAfterMs } = context.timings;
    this.#context = context;
    this.#reconciler = reconciler;
    this.#intervalMs = Math.min(selfCheckMs, staleAfterMs / 3);
    this.#refreshMs = Math.min(REFRESH_MS, (staleAfterMs * 2) / 3);
    this.#checks = context.selfChecks.map((check) => this.#open(check));
    if (selfCheckMs > 0) this.#round();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    this.#cancel();
    await this.#running;
  }

  #round(): void {
    this.#cancel = this.#context.clock.schedule(this.#intervalMs, () => this.#round());
    // A slow round makes the next one wait for its turn at the interval.
    this.#running ??= this.#checkAll().finally(() => {
      this.#running = undefined;
    });
  }

  async #checkAll(): Promise<void> {
    for (const check of this.#checks) {
      if (this.#isOver) return;
      try {
        await this.#run(check);
      } catch (error) {
        if (this.#isOver) return;
        this.#context.logger.warn({ err: error, service: check.service }, 'a check of the own figures failed');
      }
    }
  }

  async #run(check: Check): Promise<void> {
    const { clock } = this.#context;
    const begin = clock.monotonic();
    const measured = await check.measure();
    if (!measured) return;
    const outcome = outcomeOf(measured);
    const { recorded } = check;
    const now = clock.monotonic();
    // Half an interval: a round that comes a little early or late changes nothing.
    const isOld = recorded === undefined || now - recorded.at + this.#intervalMs / 2 > this.#refreshMs;
    if (!isOld && recorded.outcome === outcome) return;
    const latencyMs = Math.round((now - begin) * 1_000) / 1_000;
    const { expected, actual } = measured;
    const report = { service: check.service, expected: { counts: expected }, actual: { counts: actual }, latencyMs };
    await this.#reconciler.report(report);
    check.recorded = { outcome, at: now };
  }

  #open(check: SelfCheck): Check {
    const { service } = check;
    if (check.kind === 'whole') return { service, recorded: undefined, measure: () => this.#measureWhole(check) };
    const totals = new RangeTotals(check);
    const { log, snapshots } = this.#context;
    const measure = () => totals.measure(snapshots, { head: log.head().seq, trimmed: log.trimmed().seq });
    return { service, recorded: undefined, measure };
  }

  async #measureWhole({ expected, actual }: WholeCheck): Promise<Measured> {
    const { results } = await this.#context.snapshots.snapshot<[CheckedValue, CheckedValue]>([expected, actual]);
    const [left, right] = results.map((rows) => Object.fromEntries(rows.map(({ name, value }) => [name, value])));
    return { expected: left ?? {}, actual: right ?? {} };
  }
}

/** Equal figures are one outcome whatever they are; different ones are told apart by how far they are apart. */
function outcomeOf({ expected, actual }: Measured): string {
  const names = new Set([...Object.keys(expected), ...Object.keys(actual)]);
  const differences: Counts = {};
  for (const name of names) {
    const difference = (actual[name] ?? Number.MIN_SAFE_INTEGER) - (expected[name] ?? Number.MIN_SAFE_INTEGER);
    if (difference !== 0) differences[name] = difference;
  }
  return canonicalJson(differences);
}
