import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pino } from 'pino';
import { systemClock } from '../../../engine/clock.ts';
import { IngestGate } from '../../../engine/ingest-gate.ts';
import type { Log } from '../../../engine/log/log.ts';
import { SqliteLog } from '../../../engine/log/sqlite/sqlite-log.ts';
import { createMetrics } from '../../../engine/metrics.ts';
import { Turns } from '../../../engine/turns.ts';
import type { ProposalEvent } from '../events.ts';
import { eventNameOf } from '../records.ts';
import { ProposalRuns, type ProposalRunsOptions } from '../runs/proposal-runs.ts';
import { storedRuns } from '../runs/stored-runs.ts';
import { Workspace } from '../workspace.ts';

export interface RunsSystemOptions extends Omit<ProposalRunsOptions, 'context' | 'workspace'> {
  /** Stands between the runs and the log. */
  readonly wrapLog?: (log: Log) => Log;
}

export type RunsSystem = Awaited<ReturnType<typeof runsSystem>>;

/** What a test looks at in a record, whatever its type. */
export type ToldEvent = Partial<Record<string, unknown>> & { readonly type: ProposalEvent['type'] };

/** Runs on a real log and a real folder of projects; `alpha` has the valid changes `one`, `two` and `three`. */
export async function runsSystem(options: RunsSystemOptions = {}) {
  const { wrapLog = (own: Log) => own, ...runOptions } = options;
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'millrace-runs-')));
  const root = join(folder, 'root');
  for (const change of ['one', 'two', 'three']) plantValidChange(root, change);
  const log = await SqliteLog.open({
    path: join(folder, 'millrace.db'),
    entry: new URL('./log-writer.ts', import.meta.url),
  });
  const logger = pino({ level: 'silent' });
  const context = {
    log: wrapLog(log),
    snapshots: log,
    clock: systemClock,
    logger,
    turns: new Turns(),
    metrics: createMetrics(),
    limits: { maxBytes: 1_048_576 },
    timings: { staleAfterMs: 15_000, selfCheckMs: 0 },
    presence: { usersIn: () => [] },
    load: { queuedEvents: () => 0, clients: () => ({ connected: 0, slowestLag: 0 }) },
    ingestGate: new IngestGate(),
  };
  const workspace = new Workspace(context, root);
  const begin = () => new ProposalRuns({ context, workspace, ...runOptions });
  const runs = begin();
  const records = async () => {
    const slice = await log.read(0, 1_000_000);
    if (slice.kind === 'expired') throw new Error('nothing was to be removed');
    return slice.records;
  };
  return {
    root,
    folder,
    log,
    workspace,
    runs,
    /** Another server's runs on the same log. */
    begin,
    records,
    path: (change: string, file: string) => join(root, 'alpha/openspec/changes', change, file),
    /** What was told of a proposal's runs, in order. */
    async events(proposalId: string): Promise<ToldEvent[]> {
      return (await records()).flatMap((record) => {
        const type = eventNameOf(record);
        const body = JSON.parse(record.body) as Record<string, unknown>;
        return type !== undefined && body.proposal_id === proposalId ? [{ type, ...body }] : [];
      });
    },
    /** What the projection has of a proposal. */
    async stored(proposalId: string) {
      const { results } = await log.snapshot<unknown[]>([...storedRuns.queries([proposalId], true)]);
      return storedRuns.parts(proposalId, results);
    },
    async [Symbol.asyncDispose]() {
      await runs[Symbol.asyncDispose]();
      await log[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function plantValidChange(root: string, change: string): void {
  const files = {
    'proposal.md':
      '## Why\n\nPeople who come to this place want to be greeted there.\n\n## What Changes\n\n- A greeting.\n',
    'tasks.md': '- [ ] 1.1 Greet\n',
    'specs/greeting/spec.md':
      '## ADDED Requirements\n\n### Requirement: Greeting\n\nThe system SHALL greet.\n\n#### Scenario: Hello\n\n- **WHEN** somebody comes\n- **THEN** it greets\n',
  };
  for (const [path, content] of Object.entries(files)) {
    const file = join(root, 'alpha/openspec/changes', change, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}
