import type { Severity } from '../events.ts';
import type { Comparison } from './conditions.ts';

/** Records of a type for which every comparison holds. */
export interface RecordMatch {
  readonly type: string;
  /** Default: none, so that every record of the type is meant. */
  readonly where?: readonly Comparison[];
  /** In place of the rule's. */
  readonly severity?: Severity;
}

interface RuleText {
  /** Names the rule; of one code and cause there is one open alert. */
  readonly code: string;
  /** What it is about. As in `title` and `message`, `{path}` stands for a member of the record or the figures. */
  readonly cause: string;
  readonly title: string;
  readonly message: string;
  /** Path of a page; what is put in for `{path}` is escaped. */
  readonly link: string | null;
}

/** Raised by records of the log. A record that lacks a member of `cause` is not meant. */
export interface EventRule extends RuleText {
  readonly kind: 'event';
  readonly severity: Severity;
  /** A record is meant that meets one of these. */
  readonly when: readonly RecordMatch[];
  /** How many of one cause it takes. Default 1. */
  readonly count?: number;
  /** The time in which they must come, by their commit times. Default: any; a record of `clear` begins the count anew. */
  readonly windowMs?: number;
  /** Records that clear the alert of their cause. */
  readonly clear?: readonly RecordMatch[];
  /** Clears an alert whose cause did not come again for this long. Default: never. */
  readonly clearAfterMs?: number;
}

/** Raised by a figure of this process, and cleared when no level holds any more. */
export interface MeasureRule extends RuleText {
  readonly kind: 'measure';
  /** The first level counts of which one comparison holds. */
  readonly levels: readonly { readonly severity: Severity; readonly any: readonly Comparison[] }[];
  /** How long a level must hold before it is told. Default 0. */
  readonly heldForMs?: number;
}

export type AlertRule = EventRule | MeasureRule;

const GIB = 1024 ** 3;
const TEN_MINUTES_MS = 10 * 60 * 1_000;
const HOUR_MS = 60 * 60 * 1_000;

/** The rules that are always there. Types and members are those of the surfaces' records, and of `Figures`. */
export const BUILT_IN_RULES: readonly AlertRule[] = [
  {
    kind: 'event',
    code: 'reconciliation-discrepancy',
    severity: 'critical',
    cause: '{service}',
    title: 'Discrepancy in {service}',
    message: 'What {service} reports is not what was expected.',
    link: '/reconciliation',
    when: [{ type: 'reconciliation.updated', where: [{ path: 'status', op: 'eq', value: 'discrepancy' }] }],
    clear: [{ type: 'reconciliation.updated', where: [{ path: 'status', op: 'eq', value: 'verified' }] }],
  },
  {
    kind: 'event',
    code: 'reconciliation-stale',
    severity: 'warning',
    cause: '{service}',
    title: '{service} is silent',
    message: 'The last report of {service} came at {lastReportAt}.',
    link: '/reconciliation',
    when: [{ type: 'reconciliation.updated', where: [{ path: 'staleReason', op: 'eq', value: 'no_report' }] }],
    // A service whose figures differ is not silent any more; that is an alert of its own.
    clear: [
      { type: 'reconciliation.updated', where: [{ path: 'status', op: 'in', value: ['verified', 'discrepancy'] }] },
    ],
  },
  {
    kind: 'event',
    code: 'connector-down',
    severity: 'warning',
    cause: '{id}',
    title: 'Connector {id} is not connected',
    message: 'The connector {id} is {liveness}: nothing comes in through it.',
    link: '/ops',
    when: [
      {
        type: 'messages.connector_changed',
        where: [{ path: 'liveness', op: 'eq', value: 'down' }],
        severity: 'critical',
      },
      { type: 'messages.connector_changed', where: [{ path: 'liveness', op: 'eq', value: 'reconnecting' }] },
    ],
    clear: [
      { type: 'messages.connector_changed', where: [{ path: 'liveness', op: 'eq', value: 'live' }] },
      { type: 'messages.connector_removed' },
    ],
  },
  {
    kind: 'event',
    code: 'validation-failed',
    severity: 'warning',
    cause: '{proposal_id}',
    title: 'Validation of {proposal_id} failed',
    message: 'The newest validation of {proposal_id} did not pass.',
    link: '/proposals/{proposal_id}',
    when: [
      { type: 'proposals.validation_completed', where: [{ path: 'status', op: 'eq', value: 'failed' }] },
      { type: 'proposals.validation_failed', where: [{ path: 'code', op: 'ne', value: 'cancelled' }] },
    ],
    clear: [{ type: 'proposals.validation_completed', where: [{ path: 'status', op: 'eq', value: 'passed' }] }],
  },
  {
    kind: 'event',
    code: 'iteration-error',
    severity: 'warning',
    cause: '{proposal_id}',
    title: 'Iteration of {proposal_id} failed',
    message: 'The newest iteration of {proposal_id} ended with an error ({code}).',
    link: '/proposals/{proposal_id}',
    when: [{ type: 'proposals.iteration_failed' }],
    clear: [{ type: 'proposals.iteration_completed' }],
  },
  {
    kind: 'event',
    code: 'tool-failures',
    severity: 'warning',
    cause: '{session_id}',
    title: 'Tools fail in {source_app}',
    message: 'Three or more tool calls in a row failed in session {session_id} of {source_app}.',
    link: '/events?session_id={session_id}',
    when: [{ type: 'observability.recorded', where: [{ path: 'event_type', op: 'eq', value: 'PostToolUseFailure' }] }],
    count: 3,
    windowMs: HOUR_MS,
    // An agent that was ended without a word has no failures that go on.
    clearAfterMs: HOUR_MS,
    clear: [
      {
        type: 'observability.recorded',
        where: [{ path: 'event_type', op: 'in', value: ['PostToolUse', 'SessionEnd'] }],
      },
    ],
  },
  {
    kind: 'event',
    code: 'client-errors',
    severity: 'warning',
    cause: 'dashboard',
    title: 'The dashboard fails in browsers',
    message: 'Browsers reported at least three errors within ten minutes. The newest: {message}',
    link: '/reconciliation',
    when: [{ type: 'reconciliation.client_failed' }],
    count: 3,
    windowMs: TEN_MINUTES_MS,
    clearAfterMs: TEN_MINUTES_MS,
  },
  {
    kind: 'measure',
    code: 'ingest-rejected',
    cause: 'ingest',
    title: 'Events are refused',
    message: '{ingest.rejected_per_minute} requests were refused in the last minute.',
    link: null,
    levels: [{ severity: 'warning', any: [{ path: 'ingest.rejected_per_minute', op: 'gt', value: 9 }] }],
  },
  {
    kind: 'measure',
    code: 'disk-nearly-full',
    cause: 'data folder',
    title: 'The disk is nearly full',
    message: '{disk.free_mib} MiB ({disk.free_percent} %) are free on the disk of the data folder.',
    link: null,
    levels: [
      { severity: 'critical', any: [{ path: 'disk.free_percent', op: 'lt', value: 1 }] },
      {
        severity: 'warning',
        any: [
          { path: 'disk.free_percent', op: 'lt', value: 5 },
          { path: 'disk.free_bytes', op: 'lt', value: GIB },
        ],
      },
    ],
  },
  {
    kind: 'measure',
    code: 'log-not-writable',
    cause: 'log',
    title: 'The log takes no writes',
    message: 'Nothing can be stored: {log.reason}',
    link: null,
    levels: [{ severity: 'critical', any: [{ path: 'log.is_writable', op: 'eq', value: false }] }],
  },
];
