import type { LogRecord } from '../../../engine/log/log.ts';
import type { Projection, ProjectionDatabase, ProjectionWriter } from '../../../engine/store/projection.ts';
import type { ProposalEvent } from '../events.ts';
import { eventNameOf } from '../records.ts';
import { EDIT_RECORDED, type RecordedEdit } from './edit-record.ts';

type Of<Type extends ProposalEvent['type']> = Extract<ProposalEvent, { type: Type }>;

/**
 * Validations and iterations: one row each, what the newest of a proposal has said, and what iterations did to files.
 * What has ended goes when retention has passed its beginning; what goes on stays.
 */
export const runsProjection: Projection = {
  name: 'proposals_runs',
  version: 2,
  create: `
    CREATE TABLE prop_run (
      id TEXT PRIMARY KEY, seq INTEGER NOT NULL, proposal TEXT NOT NULL, started_by TEXT, started_at INTEGER NOT NULL,
      ended_at INTEGER, status TEXT NOT NULL DEFAULT 'running', error TEXT, summary TEXT
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX prop_run_by_proposal ON prop_run (proposal, seq);
    CREATE INDEX prop_run_open ON prop_run (seq) WHERE ended_at IS NULL;
    CREATE TABLE prop_output (
      seq INTEGER PRIMARY KEY, proposal TEXT NOT NULL, line TEXT NOT NULL, stream TEXT NOT NULL
    ) STRICT;
    CREATE INDEX prop_output_by_proposal ON prop_output (proposal, seq);
    CREATE TABLE prop_iteration (
      id TEXT PRIMARY KEY, seq INTEGER NOT NULL, proposal TEXT NOT NULL, started_by TEXT, instructions TEXT NOT NULL,
      started_at INTEGER NOT NULL, ended_at INTEGER, status TEXT NOT NULL DEFAULT 'running', error TEXT, files TEXT
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX prop_iteration_by_proposal ON prop_iteration (proposal, seq);
    CREATE INDEX prop_iteration_open ON prop_iteration (seq) WHERE ended_at IS NULL;
    CREATE TABLE prop_token (seq INTEGER PRIMARY KEY, proposal TEXT NOT NULL, content TEXT NOT NULL) STRICT;
    CREATE INDEX prop_token_by_proposal ON prop_token (proposal, seq);
    CREATE TABLE prop_edit (
      iteration TEXT, path TEXT, before TEXT, after TEXT NOT NULL, PRIMARY KEY (iteration, path)
    ) STRICT, WITHOUT ROWID;`,
  drop: `
    DROP TABLE IF EXISTS prop_run;
    DROP TABLE IF EXISTS prop_output;
    DROP TABLE IF EXISTS prop_iteration;
    DROP TABLE IF EXISTS prop_token;
    DROP TABLE IF EXISTS prop_edit;`,
  open: (database) => new RunsWriter(database),
};

class RunsWriter implements ProjectionWriter {
  readonly #run: (sql: string) => (...values: (string | number | null)[]) => void;
  readonly #startRun;
  readonly #endRun;
  readonly #addOutput;
  readonly #forgetOutput;
  readonly #startIteration;
  readonly #endIteration;
  readonly #addToken;
  readonly #forgetTokens;
  readonly #addEdit;
  readonly #forgetProposal;
  readonly #trim;

  constructor(database: ProjectionDatabase) {
    this.#run = (sql) => {
      const statement = database.prepare(sql);
      return (...values) => statement.run(...values);
    };
    this.#startRun = this.#run(
      'INSERT OR IGNORE INTO prop_run (id, seq, proposal, started_by, started_at) VALUES (?, ?, ?, ?, ?)',
    );
    this.#endRun = this.#run(
      'UPDATE prop_run SET ended_at = ?, status = ?, error = ?, summary = ? WHERE id = ? AND ended_at IS NULL',
    );
    // Output of a run whose row is gone, as after retention, is nobody's; so are tokens and edits of an iteration.
    this.#addOutput = this.#run(
      `INSERT INTO prop_output SELECT ?1, proposal, ?2, ?3 FROM prop_run WHERE id = ?4 AND ended_at IS NULL`,
    );
    this.#forgetOutput = this.#run('DELETE FROM prop_output WHERE proposal = ?');
    this.#startIteration = this.#run(
      `INSERT OR IGNORE INTO prop_iteration (id, seq, proposal, started_by, instructions, started_at)
       VALUES (?, ?, ?, ?, ?, ?)`,
    );
    this.#endIteration = this.#run(
      'UPDATE prop_iteration SET ended_at = ?, status = ?, error = ?, files = ? WHERE id = ? AND ended_at IS NULL',
    );
    this.#addToken = this.#run(
      'INSERT INTO prop_token SELECT ?1, proposal, ?2 FROM prop_iteration WHERE id = ?3 AND ended_at IS NULL',
    );
    this.#forgetTokens = this.#run('DELETE FROM prop_token WHERE proposal = ?');
    this.#addEdit = this.#run(
      'INSERT OR REPLACE INTO prop_edit SELECT id, ?2, ?3, ?4 FROM prop_iteration WHERE id = ?1 AND ended_at IS NULL',
    );
    // The newest goes last of a proposal's runs, and what it said with it.
    const forgetSaid = [
      this.#run('DELETE FROM prop_output WHERE proposal NOT IN (SELECT proposal FROM prop_run)'),
      this.#run('DELETE FROM prop_token WHERE proposal NOT IN (SELECT proposal FROM prop_iteration)'),
    ];
    const forget = [
      this.#run('DELETE FROM prop_run WHERE proposal = ? AND ended_at IS NOT NULL'),
      this.#run(
        'DELETE FROM prop_edit WHERE iteration IN (SELECT id FROM prop_iteration WHERE proposal = ? AND ended_at IS NOT NULL)',
      ),
      this.#run('DELETE FROM prop_iteration WHERE proposal = ? AND ended_at IS NOT NULL'),
    ];
    this.#forgetProposal = (id: string) => {
      for (const step of forget) step(id);
      for (const step of forgetSaid) step();
    };
    const trim = [
      this.#run('DELETE FROM prop_output WHERE seq <= ?'),
      this.#run('DELETE FROM prop_token WHERE seq <= ?'),
      this.#run('DELETE FROM prop_run WHERE seq <= ? AND ended_at IS NOT NULL'),
      this.#run(
        'DELETE FROM prop_edit WHERE iteration IN (SELECT id FROM prop_iteration WHERE seq <= ? AND ended_at IS NOT NULL)',
      ),
      this.#run('DELETE FROM prop_iteration WHERE seq <= ? AND ended_at IS NOT NULL'),
    ];
    this.#trim = (through: number) => {
      for (const step of trim) step(through);
      for (const step of forgetSaid) step();
    };
  }

  apply(records: readonly LogRecord[]): void {
    for (const record of records) {
      if (record.type === EDIT_RECORDED) this.#edit(JSON.parse(record.body) as RecordedEdit);
      const type = eventNameOf(record);
      if (type !== undefined && KEPT.has(type)) this.#write({ type, ...JSON.parse(record.body) }, record);
    }
  }

  trim(through: number): void {
    this.#trim(through);
  }

  #edit({ iteration_id, path, before, after }: RecordedEdit): void {
    this.#addEdit(iteration_id, path, before, after);
  }

  #write(event: ProposalEvent, { seq, at }: LogRecord): void {
    switch (event.type) {
      case 'validation_start':
        this.#forgetOutput(event.proposal_id);
        this.#startRun(event.run_id, seq, event.proposal_id, event.actor, at);
        break;
      case 'output':
        this.#addOutput(seq, event.line, event.stream, event.run_id);
        break;
      case 'validation_complete':
        this.#endRun(at, event.status, null, JSON.stringify(event.summary), event.run_id);
        break;
      case 'validation_error':
        this.#endRun(at, event.code === 'cancelled' ? 'cancelled' : 'error', event.error, null, event.run_id);
        break;
      case 'iteration_start':
        this.#startIterationOf(event, seq, at);
        break;
      case 'token':
        this.#addToken(seq, event.content, event.iteration_id);
        break;
      case 'iteration_complete':
        this.#endIteration(at, 'complete', null, JSON.stringify(event.files_modified), event.iteration_id);
        break;
      case 'iteration_cancelled':
        this.#endIteration(at, 'cancelled', null, null, event.iteration_id);
        break;
      case 'iteration_error':
        this.#endIteration(at, 'error', event.error, null, event.iteration_id);
        break;
      case 'proposal_created':
        // A new change under the name of an earlier one has no runs yet.
        if (event.actor !== null) this.#forgetProposal(event.proposal_id);
        break;
      default:
    }
  }

  #startIterationOf(event: Of<'iteration_start'>, seq: number, at: number): void {
    this.#forgetTokens(event.proposal_id);
    const { iteration_id, proposal_id, actor, instructions } = event;
    this.#startIteration(iteration_id, seq, proposal_id, actor, instructions, at);
  }
}

const KEPT: ReadonlySet<ProposalEvent['type']> = new Set([
  'validation_start',
  'output',
  'validation_complete',
  'validation_error',
  'iteration_start',
  'token',
  'iteration_complete',
  'iteration_cancelled',
  'iteration_error',
  'proposal_created',
]);
