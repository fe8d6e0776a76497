import { randomUUID } from 'node:crypto';
import { Journal } from '../../engine/log/journal.ts';
import type { NewEvent } from '../../engine/log/log.ts';
import { requireModel } from '../../engine/model/configured-model.ts';
import { DEFAULT_MODEL_TIMINGS, type ModelSettings, type ModelTimings } from '../../engine/model/model-client.ts';
import type { SurfaceContext } from '../../engine/surface.ts';
import { MillraceError } from '../../protocol/errors.ts';
import { IterationAttempt, type IterationEnd } from './model/iteration-attempt.ts';
import { readMaterial } from './model/iteration-material.ts';
import { toLogEvent } from './records.ts';
import type { StartedBy, ValidationRunner } from './validation-runner.ts';
import type { Workspace } from './workspace.ts';

export interface IterationRunnerOptions extends Pick<SurfaceContext, 'log' | 'snapshots' | 'clock' | 'logger'> {
  readonly workspace: Pick<Workspace, 'proposal' | 'files' | 'readFile' | 'writeFiles'>;
  readonly validations: Pick<ValidationRunner, 'runAfterOthers'>;
  /** Undefined when no model is configured. */
  readonly model: ModelSettings | undefined;
  /** Settles when iterations may begin. Default at once. */
  readonly ready?: () => Promise<void>;
  /** Default {@link DEFAULT_MODEL_TIMINGS}. */
  readonly timings?: Partial<ModelTimings>;
  /** Default 4. */
  readonly maxRunning?: number;
}

export interface IterationRequest extends StartedBy {
  readonly instructions: string;
  /** For the audit trail: stored together with the files' changes. */
  readonly auditedWrite?: (iterationId: string, paths: readonly string[]) => NewEvent;
  /** Asked once more when the files are about to be written; throws to refuse. */
  readonly assertMayWrite?: () => Promise<void>;
}

interface Running {
  readonly iterationId: string;
  readonly attempt: IterationAttempt;
  readonly ended: Promise<IterationEnd>;
}

const DEFAULT_MAX_RUNNING = 4;

/** Lets a model edit proposals, one iteration of each at a time, and tells what it says while it says it. */
export class IterationRunner implements AsyncDisposable {
  readonly #options: IterationRunnerOptions;
  readonly #running = new Map<string, Running>();
  readonly #closing = new AbortController();

  constructor(options: IterationRunnerOptions) {
    this.#options = options;
  }

  /**
   * Settles with the iteration's id once its beginning is stored. Throws `unavailable` without a model, `conflict` while
   * one runs, `too_many_requests` when too many run, `payload_too_large` for more files than a model is given.
   */
  async start(proposalId: string, request: IterationRequest): Promise<string> {
    const { workspace, snapshots } = this.#options;
    const model = requireModel(this.#options.model);
    await this.#options.ready?.();
    const { change } = await workspace.proposal(proposalId);
    this.#assertFree(proposalId);
    const material = await readMaterial({ workspace, snapshots }, proposalId);
    // Nothing waits between this look and the entry.
    this.#assertFree(proposalId);

    const { log, clock, logger, validations, timings } = this.#options;
    const { actor, instructions, audited } = request;
    const iterationId = randomUUID();
    const start = { type: 'iteration_start', proposal_id: proposalId, actor, iteration_id: iterationId } as const;
    const events: NewEvent[] = [toLogEvent({ ...start, instructions })];
    if (audited) events.push(audited(iterationId));
    const began = log.append(events);
    const attempt = new IterationAttempt({
      workspace,
      validations,
      clock,
      logger,
      model,
      timings: { ...DEFAULT_MODEL_TIMINGS, ...timings },
      journal: new Journal({ log, clock, signal: this.#closing.signal }),
      proposalId,
      iterationId,
      change,
      request,
      material,
    });
    const ended = began.then(() => attempt.run()).finally(() => this.#running.delete(proposalId));
    ended.catch((error: unknown) => {
      logger.error({ err: error, proposal: proposalId }, 'an iteration could not be recorded to its end');
    });
    this.#running.set(proposalId, { iterationId, attempt, ended });
    await began;
    return iterationId;
  }

  /**
   * Settles with the iteration's id when it is over. Throws `conflict` when nothing runs, or when the files are being
   * written: from then on it is completed.
   */
  async cancel(proposalId: string, by: StartedBy): Promise<string> {
    const running = this.#running.get(proposalId);
    if (!running) throw new MillraceError('conflict', 'no iteration of this proposal is running');
    const { iterationId, attempt, ended } = running;
    attempt.cancel(by);
    await ended;
    return iterationId;
  }

  /** Undefined for an iteration that doesn't go on. */
  async whenEnded(iterationId: string): Promise<IterationEnd | undefined> {
    return [...this.#running.values()].find((running) => running.iterationId === iterationId)?.ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    const all = [...this.#running.values()];
    for (const { attempt } of all) attempt.interrupt();
    await Promise.allSettled(all.map(({ ended }) => ended));
  }

  #assertFree(proposalId: string): void {
    if (this.#closing.signal.aborted) throw new MillraceError('shutting_down', 'the server is closing');
    if (this.#running.has(proposalId)) {
      throw new MillraceError('conflict', 'an iteration of this proposal is running already');
    }
    const { maxRunning = DEFAULT_MAX_RUNNING } = this.#options;
    if (this.#running.size < maxRunning) return;
    const message = `${this.#running.size} iterations are running: try again when one has ended`;
    throw new MillraceError('too_many_requests', message, { retryAfterS: 5 });
  }
}
