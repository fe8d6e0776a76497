import { randomBytes } from 'node:crypto';
import { criteriaOf } from './criteria.ts';
import { type Criterion, SPECS, type Spec } from './criterion.ts';
import { identify } from './identity.ts';
import { Probe, type ProbeTarget } from './probes/probe.ts';
import { CaseSkipped } from './verdict.ts';

export interface ConformanceOptions {
  /** Base URL of the server, `http:` or `https:`. It is written to: give a scratch one. */
  readonly url: string;
  /** For the cases of spec 002, and for servers that ask for one everywhere. Default: the local session where there is one. */
  readonly token?: string;
  /** Which specs to judge. Default: all. */
  readonly specs?: readonly Spec[];
  /** Factor of every time limit, for slow machines. Default 1. */
  readonly patience?: number;
  /** Told of each criterion as it is judged, in their order. */
  readonly onResult?: (result: CriterionResult) => void;
}

export interface CriterionResult {
  readonly spec: Spec;
  /** `<spec>/<name>`; stable. */
  readonly id: string;
  /** What the spec, or the contract that completes it, says. */
  readonly words: string;
  readonly status: 'passed' | 'failed' | 'skipped';
  /** What was found instead, or why it can't be judged; absent where it passed. */
  readonly reason?: string;
  readonly durationMs: number;
}

export interface ConformanceReport {
  /** Whether no criterion failed. */
  readonly ok: boolean;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly results: readonly CriterionResult[];
}

/**
 * Judges a running server by what its specs ask, over the network and with nothing of Millrace's own client. Throws a
 * TypeError for options that aren't any, and an Error where no server answers at the URL.
 */
export async function runConformance(options: ConformanceOptions): Promise<ConformanceReport> {
  const { onResult = () => {} } = options;
  const specs = specsOf(options);
  const target = await targetOf(options);
  const cases = specs.flatMap((spec) => criteriaOf(spec).map((criterion) => ({ spec, criterion })));
  // What waits long does so from the start, beside the others, so that the whole takes as long as the longest.
  const slow = new Map(
    cases
      .filter(({ criterion }) => criterion.isSlow)
      .map(({ spec, criterion }) => [criterion, judge(spec, criterion, target)]),
  );
  const results: CriterionResult[] = [];
  for (const { spec, criterion } of cases) {
    const result = await (slow.get(criterion) ?? judge(spec, criterion, target));
    results.push(result);
    onResult(result);
  }
  const count = (wanted: CriterionResult['status']) => results.filter(({ status }) => status === wanted).length;
  const failed = count('failed');
  return { ok: failed === 0, passed: count('passed'), failed, skipped: count('skipped'), results };
}

async function judge(spec: Spec, criterion: Criterion, target: ProbeTarget): Promise<CriterionResult> {
  const { name, words } = criterion;
  const startedAt = performance.now();
  const probe = new Probe({ ...target, run: `${target.run}-${spec}-${name}`.slice(0, 48) });
  const verdict = await verdictOf(async () => {
    try {
      await criterion.judge(probe);
    } finally {
      await probe.close();
    }
  });
  return { spec, id: `${spec}/${name}`, words, ...verdict, durationMs: Math.round(performance.now() - startedAt) };
}

async function verdictOf(judged: () => Promise<void>): Promise<Pick<CriterionResult, 'status' | 'reason'>> {
  try {
    await judged();
    return { status: 'passed' };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { status: error instanceof CaseSkipped ? 'skipped' : 'failed', reason };
  }
}

function specsOf({ specs = SPECS }: ConformanceOptions): readonly Spec[] {
  const unknown = specs.find((spec) => !SPECS.includes(spec));
  if (unknown !== undefined) throw new TypeError(`there is no spec ${unknown}; there are ${SPECS.join(', ')}`);
  return SPECS.filter((spec) => specs.includes(spec));
}

async function targetOf({ url, token, patience = 1 }: ConformanceOptions): Promise<ProbeTarget> {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed || !['http:', 'https:'].includes(parsed.protocol)) {
    throw new TypeError(`${url} is not an http or https URL`);
  }
  if (!(patience > 0)) throw new TypeError(`patience must be more than 0, not ${patience}`);
  const baseUrl = parsed.href.replace(/\/+$/, '');
  const identity = await identify(baseUrl, token);
  return { baseUrl, identity, patience, run: `conformance-${randomBytes(3).toString('hex')}`, shared: new Map() };
}
