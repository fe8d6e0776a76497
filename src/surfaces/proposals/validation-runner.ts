import { randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import { Journal } from '../../engine/log/journal.ts';
import type { NewEvent } from '../../engine/log/log.ts';
import type { SurfaceContext } from '../../engine/surface.ts';
import { MillraceError } from '../../protocol/errors.ts';
import { toLogEvent } from './records.ts';
import { type OutputLimits, OutputLines } from './runs/output-lines.ts';
import { type ProgramEnd, runProgram } from './runs/supervised-program.ts';
import { readResult, type ValidationSummary } from './runs/validation-summary.ts';
import { commandFor, hasJson, type ValidatorCommand } from './runs/validator-command.ts';
import type { Workspace } from './workspace.ts';

export interface ValidationRunnerOptions {
  readonly log: SurfaceContext['log'];
  readonly clock: SurfaceContext['clock'];
  readonly logger: SurfaceContext['logger'];
  readonly workspace: Pick<Workspace, 'proposal' | 'projectFolder'>;
  readonly command: ValidatorCommand;
  /** Settles when runs may begin. Default at once. */
  readonly ready?: () => Promise<void>;
  /** Default 60000. */
  readonly timeLimitMs?: number;
  /** Runs at a time that somebody asked for; those of iterations come on top. Default 2. */
  readonly maxRunning?: number;
  readonly outputLimits?: OutputLimits;
}

/** Who starts a run, and what else is stored with its beginning. */
export interface StartedBy {
  readonly actor: string;
  /** For the audit trail: given the run's id. */
  readonly audited?: (runId: string) => NewEvent;
}

/** How a run has ended. */
export type ValidationEnd =
  | { readonly kind: 'complete'; readonly status: 'passed' | 'failed'; readonly summary: ValidationSummary }
  | { readonly kind: 'error'; readonly code: ValidationErrorCode; readonly error: string };

type ValidationErrorCode = 'cancelled' | 'timeout' | 'interrupted' | 'not_found' | 'crashed';

interface Running {
  readonly runId: string;
  readonly proposalId: string;
  readonly isCounted: boolean;
  /** Aborted with the code of the end. */
  readonly stopping: AbortController;
  readonly ended: Promise<ValidationEnd>;
  cancelledBy?: StartedBy;
}

const DEFAULTS = { timeLimitMs: 60_000, maxRunning: 2 };
const MAX_JSON_BYTES = 4 * 1024 * 1024;
const WORDS: Readonly<Record<'cancelled' | 'timeout' | 'interrupted', string>> = {
  cancelled: 'the validation was cancelled',
  timeout: 'the validator took too long and was ended',
  interrupted: 'the server was stopped during the validation',
};

/**
 * Runs the validator on proposals, one run of each at a time, and tells line by line what it says. A run is in the log
 * from its beginning; it always has one end there, after all of its output.
 */
export class ValidationRunner implements AsyncDisposable {
  readonly #options: ValidationRunnerOptions & typeof DEFAULTS;
  readonly #running = new Map<string, Running>();
  readonly #closing = new AbortController();

  constructor(options: ValidationRunnerOptions) {
    this.#options = { ...DEFAULTS, ...options };
  }

  /**
   * Settles with the run's id once its beginning is stored. Throws `not_found`, `conflict` while one runs, and
   * `too_many_requests` when too many run.
   */
  async start(proposalId: string, by: StartedBy): Promise<string> {
    await this.#options.ready?.();
    await this.#options.workspace.proposal(proposalId);
    const counted = [...this.#running.values()].filter(({ isCounted }) => isCounted).length;
    if (counted >= this.#options.maxRunning && !this.#running.has(proposalId)) {
      throw new MillraceError('too_many_requests', `${counted} validations are running: try again when one has ended`, {
        retryAfterS: 2,
      });
    }
    const { runId, began } = this.#begin(proposalId, by, true);
    await began;
    return runId;
  }

  /** A run that belongs to something else; it waits for one that goes on already. */
  async runAfterOthers(proposalId: string, by: StartedBy): Promise<ValidationEnd & { readonly runId: string }> {
    for (let other = this.#running.get(proposalId); other; other = this.#running.get(proposalId)) await other.ended;
    const { runId, began, ended } = this.#begin(proposalId, by, false);
    await began;
    return { ...(await ended), runId };
  }

  /** Settles with the run's id when its end is stored. Throws `conflict` when nothing runs, or it ended by itself. */
  async cancel(proposalId: string, by: StartedBy): Promise<string> {
    const running = this.#running.get(proposalId);
    if (!running) throw new MillraceError('conflict', 'no validation of this proposal is running');
    if (!running.stopping.signal.aborted) running.cancelledBy = by;
    running.stopping.abort('cancelled');
    const end = await running.ended;
    if (end.kind === 'error' && end.code === 'cancelled') return running.runId;
    throw new MillraceError('conflict', 'the validation ended before it could be cancelled');
  }

  /** Undefined for a run that doesn't go on. */
  async whenEnded(runId: string): Promise<ValidationEnd | undefined> {
    return [...this.#running.values()].find((running) => running.runId === runId)?.ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    const all = [...this.#running.values()];
    for (const { stopping } of all) stopping.abort('interrupted');
    await Promise.allSettled(all.map(({ ended }) => ended));
  }

  /** Nothing waits between the look at what runs and the entry. */
  #begin(proposalId: string, { actor, audited }: StartedBy, isCounted: boolean) {
    if (this.#closing.signal.aborted) throw new MillraceError('shutting_down', 'the server is closing');
    if (this.#running.has(proposalId)) {
      throw new MillraceError('conflict', 'a validation of this proposal is running already');
    }
    const runId = randomUUID();
    const { log, clock, logger } = this.#options;
    const stopping = new AbortController();
    const start = toLogEvent({ type: 'validation_start', proposal_id: proposalId, actor, run_id: runId });
    const began = log.append([start, ...(audited ? [audited(runId)] : [])]);
    const journal = new Journal({ log, clock, signal: this.#closing.signal });
    const ended = began
      .then(() => this.#run({ proposalId, runId, stopping, journal }))
      .catch((error: unknown): ValidationEnd => {
        logger.error({ err: error, proposal: proposalId }, 'the end of a validation could not be stored');
        return { kind: 'error', code: 'crashed', error: 'the validation could not be recorded' };
      })
      .finally(() => this.#running.delete(proposalId));
    this.#running.set(proposalId, { runId, proposalId, isCounted, stopping, ended });
    return { runId, began, ended };
  }

  async #run(run: Run): Promise<ValidationEnd> {
    const { proposalId, stopping, journal } = run;
    const { clock, timeLimitMs, logger } = this.#options;
    const cancelTimer = clock.schedule(timeLimitMs, () => stopping.abort('timeout'));
    let end: ValidationEnd;
    try {
      end = await this.#validate(run);
    } catch (error) {
      logger.error({ err: error, proposal: proposalId }, 'a validation failed');
      end = stopped(stopping.signal) ?? { kind: 'error', code: 'crashed', error: 'the validator could not be run' };
    } finally {
      cancelTimer();
    }
    await journal.close(...this.#lastEvents(run, end));
    return end;
  }

  #lastEvents({ proposalId, runId }: Run, end: ValidationEnd): NewEvent[] {
    const shared = { proposal_id: proposalId, run_id: runId };
    if (end.kind === 'complete') {
      return [toLogEvent({ type: 'validation_complete', status: end.status, summary: end.summary, ...shared })];
    }
    const event = toLogEvent({ type: 'validation_error', error: end.error, code: end.code, ...shared });
    const audited = end.code === 'cancelled' && this.#running.get(proposalId)?.cancelledBy?.audited;
    return audited ? [event, audited(runId)] : [event];
  }

  async #validate({ proposalId, runId, stopping, journal }: Run): Promise<ValidationEnd> {
    const { workspace, command, clock, outputLimits } = this.#options;
    const { project, change } = await workspace.proposal(proposalId);
    const cwd = await workspace.projectFolder(project);
    const lines = new OutputLines({
      clock,
      ...(outputLimits ? { limits: outputLimits } : {}),
      onLine: (line, stream) =>
        journal.add(toLogEvent({ type: 'output', proposal_id: proposalId, line, stream, run_id: runId })),
    });
    const shared = { cwd, signal: stopping.signal };
    const shown = await runProgram({
      ...shared,
      command: commandFor(command, change, 'text'),
      async onOutput(chunk, stream) {
        lines.push(chunk, stream);
        await journal.ready();
      },
    });
    lines.end();
    const failure = stopped(stopping.signal) ?? failureOf(shown, command);
    if (failure) return failure;
    const code = shown.kind === 'ended' ? shown.code : 0;
    const end = hasJson(command) ? await this.#summarise(code, change, shared) : complete({ exit_code: code });
    if (end.kind === 'error' || !lines.isCut) return end;
    return { ...end, summary: { ...end.summary, output_cut: true } };
  }

  /** The exit code has decided already; the second run says in members what the first said in words. */
  async #summarise(
    code: number,
    change: string,
    shared: { readonly cwd: string; readonly signal: AbortSignal },
  ): Promise<ValidationEnd> {
    const parts: Uint8Array[] = [];
    let bytes = 0;
    const second = await runProgram({
      ...shared,
      command: commandFor(this.#options.command, change, 'json'),
      async onOutput(chunk, stream) {
        if (stream === 'stdout') bytes += chunk.byteLength;
        if (stream === 'stdout' && bytes <= MAX_JSON_BYTES) parts.push(chunk);
      },
    });
    const wasStopped = stopped(shared.signal);
    if (wasStopped) return wasStopped;
    const result = readResult(bytes > MAX_JSON_BYTES ? '' : Buffer.concat(parts).toString('utf8'));
    if (result.kind === 'refused') return { kind: 'error', code: 'not_found', error: result.message };
    if (result.kind === 'unreadable') {
      // A program that fails for a reason of its own also ends with 1, and has no result.
      if (code === 1) return { kind: 'error', code: 'crashed', error: 'the validator failed without a result' };
      return complete({ exit_code: code, unavailable: 'the validator gave no result that can be read' });
    }
    if (second.kind !== 'ended' || second.code !== code) {
      return complete({ exit_code: code, unavailable: 'the files changed during the validation' });
    }
    return complete({ exit_code: code, ...result.summary });
  }
}

interface Run {
  readonly proposalId: string;
  readonly runId: string;
  readonly stopping: AbortController;
  readonly journal: Journal;
}

function complete(summary: ValidationSummary): ValidationEnd {
  return { kind: 'complete', status: summary.exit_code === 0 ? 'passed' : 'failed', summary };
}

function stopped({ aborted, reason }: AbortSignal): ValidationEnd | undefined {
  if (!aborted) return undefined;
  const code = reason as keyof typeof WORDS;
  return { kind: 'error', code, error: WORDS[code] };
}

/** 0 and 1 are answers; everything else is a failure of the program. */
function failureOf(end: ProgramEnd, command: ValidatorCommand): ValidationEnd | undefined {
  const program = basename(command[0] ?? '');
  switch (end.kind) {
    case 'ended':
      if (end.code <= 1) return undefined;
      return { kind: 'error', code: 'crashed', error: `the validator failed with exit code ${end.code}` };
    case 'crashed':
      return { kind: 'error', code: 'crashed', error: `the validator was ended by ${end.signal}` };
    case 'unstartable':
      return { kind: 'error', code: 'not_found', error: `the validator ${program} cannot be run: ${end.reason}` };
    case 'stopped':
      return { kind: 'error', code: 'crashed', error: 'the validator was ended' };
    default:
      return end satisfies never;
  }
}
