import { createHash } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';
import type { Counts } from './events.ts';
import type { UpdateBody } from './record.ts';
import type { Report, ReportedSide } from './report.ts';

interface Side extends ReportedSide {
  /** When it was received; ISO 8601. */
  readonly at: string;
}

/** When a report was received and how long it was on its way, in milliseconds. */
export interface Receipt {
  readonly at: number;
  readonly latencyMs: number;
}

/** The service's state after a report, given its state before. The only place where two sides are compared. */
export function compare(previous: UpdateBody | undefined, report: Report, receipt: Receipt): UpdateBody {
  const at = new Date(receipt.at).toISOString();
  const expected = report.expected ? { ...report.expected, at } : sideOf(previous, 'expected');
  const actual = report.actual ? { ...report.actual, at } : sideOf(previous, 'actual');
  const counts = actual?.counts ?? {};
  return {
    service: report.service,
    ...judge(expected, actual),
    counts,
    checksum: checksumOf(counts),
    latencyMs: receipt.latencyMs,
    ...(expected ? { expectedCounts: expected.counts, expectedAt: expected.at } : {}),
    ...(actual ? { actualAt: actual.at } : {}),
    lastReportAt: at,
    ...keepJobIds(expected, actual),
  };
}

/** The service's state once no report came for too long; the numbers stay as they were last known. */
export function fallSilent(previous: UpdateBody): UpdateBody {
  const { discrepancyDetails: _, ...rest } = previous;
  return { ...rest, status: 'stale', staleReason: 'no_report' };
}

export function isSilent({ staleReason }: UpdateBody): boolean {
  return staleReason === 'no_report';
}

/** SHA-256, in hex, of the canonical JSON of counts. */
export function checksumOf(counts: Counts): string {
  return createHash('sha256').update(canonicalJson(counts)).digest('hex');
}

type Judgement = Pick<UpdateBody, 'status' | 'staleReason' | 'discrepancyDetails'>;

function judge(expected: Side | undefined, actual: Side | undefined): Judgement {
  if (!expected) return { status: 'stale', staleReason: 'awaiting_expected' };
  if (!actual) return { status: 'stale', staleReason: 'awaiting_actual' };
  const present = new Set(actual.jobIds);
  const missingJobIds = [...new Set(expected.jobIds)].filter((id) => !present.has(id));
  const isEqual = canonicalJson(expected.counts) === canonicalJson(actual.counts);
  // An actual side that names no jobs at all says nothing about any of them.
  const isComplete = actual.jobIds === undefined || missingJobIds.length === 0;
  if (isEqual && isComplete) return { status: 'verified' };
  const details = { expected: expected.counts, actual: actual.counts, missingJobIds };
  return { status: 'discrepancy', discrepancyDetails: details };
}

function sideOf(previous: UpdateBody | undefined, side: 'expected' | 'actual'): Side | undefined {
  const at = side === 'expected' ? previous?.expectedAt : previous?.actualAt;
  const counts = side === 'expected' ? previous?.expectedCounts : previous?.counts;
  if (at === undefined || counts === undefined) return undefined;
  const jobIds = previous?.jobIds?.[side];
  return { counts, at, ...(jobIds ? { jobIds } : {}) };
}

function keepJobIds(expected: Side | undefined, actual: Side | undefined): Pick<UpdateBody, 'jobIds'> {
  if (!expected?.jobIds && !actual?.jobIds) return {};
  const jobIds = {
    ...(expected?.jobIds ? { expected: expected.jobIds } : {}),
    ...(actual?.jobIds ? { actual: actual.jobIds } : {}),
  };
  return { jobIds };
}
