import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { NewEvent } from '../src/engine/log/log.ts';
import { addedEvent, changedEvent, failedEvent, removedEvent } from '../src/surfaces/messages/connectors/records.ts';
import { claudeCodeHookEvent } from '../src/surfaces/observability/claude-code-hook.ts';
import { toLogEvent as toObserved } from '../src/surfaces/observability/ingest-routes.ts';
import { AlertFold } from '../src/surfaces/ops/alerts/alert-fold.ts';
import { BUILT_IN_RULES } from '../src/surfaces/ops/alerts/alert-rules.ts';
import { toLogEvent as toProposal } from '../src/surfaces/proposals/records.ts';
import { compare, fallSilent } from '../src/surfaces/reconciliation/compare.ts';
import { clientErrorEvent, updateEvent } from '../src/surfaces/reconciliation/record.ts';

// Rules name records of other surfaces by their types and members: here they meet records that these surfaces make.

const receipt = { at: 0, latencyMs: 1 };
const both = (actual: number) => {
  const report = { service: 'billing', expected: { counts: { n: 1 } }, actual: { counts: { n: actual } } };
  return compare(undefined, report, receipt);
};
const halfKnown = compare(undefined, { service: 'billing', actual: { counts: { n: 1 } } }, receipt);

const settings = { server: 'irc.test', port: 6667, tls: false, nick: 'n', other_nicks: [], channels: ['#a'] };
const added = addedEvent({ id: 'irc', kind: 'irc', origin: 'request', settings: { ...settings, capabilities: [] } });
const failedOnce = failedEvent({ id: 'irc', error: 'refused', count: 1 });
const liveness = (state: Parameters<typeof changedEvent>[0]['liveness']) =>
  changedEvent({ id: 'irc', liveness: state });

const of = { proposal_id: 'alpha.login' };
const validated = (status: 'passed' | 'failed') =>
  toProposal({ type: 'validation_complete', ...of, status, summary: {}, run_id: 'r' });
const notValidated = (code: string) => toProposal({ type: 'validation_error', ...of, error: 'e', code, run_id: 'r' });
const iterated = toProposal({
  ...{ type: 'iteration_complete', ...of, files_modified: [], validation: null, iteration_id: 'i' },
});
const notIterated = toProposal({ type: 'iteration_error', ...of, error: 'e', code: 'provider', iteration_id: 'i' });

const hook = (name: string) => {
  const path = join(import.meta.dirname, `../src/surfaces/observability/fixtures/claude-code/${name}.json`);
  return toObserved(claudeCodeHookEvent(JSON.parse(readFileSync(path, 'utf8')), { sourceApp: 'shop', now: 0 }));
};
const failed = hook('post-tool-use-failure');
const session: string = JSON.parse(failed.body).session_id;
const clientError = clientErrorEvent({ message: 'oops', url: 'http://localhost/events' });

interface Case {
  readonly code: string;
  readonly cause: string;
  /** What doesn't raise it. */
  readonly before: readonly NewEvent[];
  readonly raises: readonly NewEvent[];
  readonly severity: string;
  readonly link: string;
  /** Each of these clears it alone. */
  readonly clears: readonly NewEvent[];
}

const reconciliation = { cause: 'billing', link: '/reconciliation' };
const proposal = { cause: 'alpha.login', severity: 'warning', link: '/proposals/alpha.login' };
const connector = {
  code: 'connector-down',
  cause: 'irc',
  link: '/ops',
  clears: [liveness('live'), removedEvent({ id: 'irc' })],
};
const [verified, discrepancy, silent] = [both(1), both(2), fallSilent(both(1))].map(updateEvent) as [
  NewEvent,
  NewEvent,
  NewEvent,
];

const cases: readonly Case[] = [
  {
    ...{ code: 'reconciliation-discrepancy', ...reconciliation, severity: 'critical' },
    before: [updateEvent(halfKnown), verified, silent],
    raises: [discrepancy],
    clears: [verified],
  },
  {
    ...{ code: 'reconciliation-stale', ...reconciliation, severity: 'warning' },
    before: [updateEvent(halfKnown), verified, discrepancy],
    raises: [silent],
    clears: [verified, discrepancy],
  },
  {
    ...connector,
    severity: 'critical',
    before: [added, failedOnce, liveness('connecting')],
    raises: [liveness('down')],
  },
  { ...connector, severity: 'warning', before: [liveness('live')], raises: [liveness('reconnecting')] },
  {
    ...{ code: 'validation-failed', ...proposal },
    before: [validated('passed'), notValidated('cancelled')],
    raises: [validated('failed')],
    clears: [validated('passed')],
  },
  {
    ...{ code: 'validation-failed', ...proposal },
    before: [],
    raises: [notValidated('timeout')],
    clears: [validated('passed')],
  },
  { ...{ code: 'iteration-error', ...proposal }, before: [iterated], raises: [notIterated], clears: [iterated] },
  {
    ...{ code: 'tool-failures', cause: session, severity: 'warning', link: `/events?session_id=${session}` },
    before: [failed, failed, hook('post-tool-use'), failed, failed, hook('pre-tool-use')],
    raises: [failed],
    clears: [hook('post-tool-use'), hook('session-end')],
  },
  {
    ...{ code: 'client-errors', cause: 'dashboard', severity: 'warning', link: '/reconciliation' },
    before: [clientError, clientError],
    raises: [clientError],
    clears: [],
  },
];

function fold() {
  const alerts = new AlertFold({ rules: BUILT_IN_RULES, onChange: () => {} });
  let seq = 0;
  return {
    give(...events: readonly NewEvent[]) {
      for (const event of events) {
        seq += 1;
        alerts.apply({ ...event, seq, at: seq, tag: 't' });
      }
    },
    find: ({ code, cause }: Case) => alerts.find(code, cause),
    alerts,
  };
}

describe('records of the surfaces', () => {
  test.each(cases)('raise and clear $code ($severity)', (one) => {
    expect(one.clears.length > 0 || one.code === 'client-errors').toBe(true);
    for (const clear of one.clears.length > 0 ? one.clears : [undefined]) {
      const given = fold();
      given.give(...one.before);
      expect(given.find(one)).toBeUndefined();
      given.give(...one.raises);
      const { code, cause, severity, link } = one;
      expect(given.find(one)).toMatchObject({ code, cause, severity, link });
      expect(JSON.stringify(given.find(one))).not.toMatch(/\{\w|\?[^s]/);
      if (!clear) continue;
      given.give(clear);
      expect(given.find(one)).toBeUndefined();
    }
  });

  test('are there for every rule over records', () => {
    const rules = BUILT_IN_RULES.filter(({ kind }) => kind === 'event').map(({ code }) => code);
    expect(new Set(cases.map(({ code }) => code))).toEqual(new Set(rules));
  });

  test('errors of browsers are no alert any more when none came for ten minutes', () => {
    const given = fold();
    given.give(clientError, clientError, clientError);
    given.alerts.expire(10 * 60 * 1_000);
    expect(given.alerts.openAlerts()).toHaveLength(1);
    given.alerts.expire(10 * 60 * 1_000 + 3);
    expect(given.alerts.openAlerts()).toEqual([]);
  });
});
