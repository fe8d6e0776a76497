import type { Logger } from 'pino';
import type { Clock } from '../../../engine/clock.ts';
import type { Journal } from '../../../engine/log/journal.ts';
import type { NewEvent } from '../../../engine/log/log.ts';
import { ModelError, type ModelSettings, type ModelTimings, streamAnswer } from '../../../engine/model/model-client.ts';
import { TokenBatcher } from '../../../engine/model/token-batcher.ts';
import { MillraceError } from '../../../protocol/errors.ts';
import { type NewProposalEvent, toLogEvent } from '../records.ts';
import { editRecordedEvent } from '../runs/edit-record.ts';
import { TerminalText } from '../runs/terminal-text.ts';
import type { StartedBy, ValidationEnd, ValidationRunner } from '../validation-runner.ts';
import type { Workspace } from '../workspace.ts';
import { EDIT_LIMITS, type ParsedEdit, parseEdits } from './edit-format.ts';
import type { Material } from './iteration-material.ts';
import { iterationPrompt } from './iteration-prompt.ts';

export interface IterationAttemptOptions {
  readonly workspace: Pick<Workspace, 'writeFiles'>;
  readonly validations: Pick<ValidationRunner, 'runAfterOthers'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly model: ModelSettings;
  readonly timings: ModelTimings;
  readonly journal: Journal;
  readonly proposalId: string;
  readonly iterationId: string;
  readonly change: string;
  readonly request: {
    readonly actor: string;
    readonly instructions: string;
    readonly assertMayWrite?: () => Promise<void>;
    readonly auditedWrite?: (iterationId: string, paths: readonly string[]) => NewEvent;
  };
  readonly material: Material;
}

/** How an iteration has ended. */
export type IterationEnd =
  | { readonly kind: 'complete'; readonly filesModified: readonly string[]; readonly validation: IterationValidation }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'error'; readonly code: IterationErrorCode; readonly error: string };

/** The validation that followed; `error`: it could not be run to its end. */
export interface IterationValidation {
  readonly run_id?: string;
  readonly status: 'passed' | 'failed' | 'error';
  readonly summary?: unknown;
  readonly error?: string;
}

type IterationErrorCode = 'provider' | 'timeout' | 'malformed' | 'interrupted' | 'conflict';

/** Thrown inside to come to an end. */
class Refusal extends Error {
  readonly end: IterationEnd;

  constructor(end: IterationEnd) {
    super(end.kind);
    this.name = 'Refusal';
    this.end = end;
  }
}

/**
 * One iteration. Until the writing begins it can be cancelled, and nothing is written then; from the writing on it is
 * completed.
 *
 *     answering ──answer──▶ writing ──written──▶ ended (complete)
 *         │                    └──changed meanwhile──▶ ended (error)
 *         └──cancel, error, timeout, bad answer──▶ ended (cancelled, error)
 */
export class IterationAttempt {
  readonly #options: IterationAttemptOptions;
  readonly #stopping = new AbortController();
  #phase: 'answering' | 'writing' | 'ended' = 'answering';
  #cancelledBy: StartedBy | undefined;

  constructor(options: IterationAttemptOptions) {
    this.#options = options;
  }

  /** Throws `conflict` once it is too late. */
  cancel(by: StartedBy): void {
    if (this.#phase !== 'answering' || (this.#stopping.signal.aborted && !this.#cancelledBy)) {
      throw new MillraceError('conflict', "the iteration's files are being written: it can't be cancelled any more");
    }
    this.#cancelledBy ??= by;
    this.#stopping.abort();
  }

  /** The server ends. */
  interrupt(): void {
    if (this.#phase === 'answering') this.#stopping.abort();
  }

  async run(): Promise<IterationEnd> {
    const end = await this.#attempt().catch((error: unknown) => this.#endOf(error));
    this.#phase = 'ended';
    await this.#options.journal.close(...this.#lastEvents(end));
    return end;
  }

  async #attempt(): Promise<IterationEnd> {
    const answer = await this.#listen();
    this.#assertGoesOn();
    const parsed = parseEdits(answer);
    if (!parsed.ok) throw failed('malformed', parsed.reason);
    const edits = parsed.edits.filter(({ path, content }) => this.#file(path)?.content !== content);
    await this.#recordEdits(edits);
    await this.#write(edits);
    const validation = await this.#validate();
    return { kind: 'complete', filesModified: edits.map(({ path }) => path), validation };
  }

  /** The whole answer, told while it comes. */
  async #listen(): Promise<string> {
    const { clock, journal, model, timings, change, request, material, proposalId, iterationId } = this.#options;
    const shown = new TerminalText();
    const add = (event: NewProposalEvent) => this.#add(event);
    const batcher = new TokenBatcher({
      clock,
      onTokens(tokens) {
        add({ type: 'token', proposal_id: proposalId, content: tokens.join(''), iteration_id: iterationId });
      },
    });
    const files = [...material.files].flatMap(([path, { content }]) =>
      content === undefined ? [] : [{ path, content }],
    );
    const { instructions } = request;
    const prompt = iterationPrompt({ change, instructions, files, comments: material.comments });
    let answer = '';
    try {
      for await (const text of streamAnswer({
        settings: model,
        timings,
        clock,
        prompt,
        signal: this.#stopping.signal,
      })) {
        answer += text;
        if (answer.length > EDIT_LIMITS.answer) throw failed('malformed', 'the answer is too long');
        batcher.push(shown.clean(text));
        await journal.ready();
      }
    } finally {
      batcher.end();
    }
    return answer;
  }

  /** Before anything is written, so that a server that dies meanwhile finds what to take back. */
  async #recordEdits(edits: readonly ParsedEdit[]): Promise<void> {
    const { journal, proposalId, iterationId } = this.#options;
    for (const { path, content } of edits) {
      const file = this.#file(path);
      if (file && file.content === undefined) throw failed('conflict', `${path} is no text and can't be written`);
      const before = file?.content ?? null;
      journal.add(
        editRecordedEvent({ proposal_id: proposalId, iteration_id: iterationId, path, before, after: content }),
      );
    }
    await journal.flush();
  }

  async #write(edits: readonly ParsedEdit[]): Promise<void> {
    const { workspace, proposalId, iterationId, request } = this.#options;
    const check = async () => {
      await request.assertMayWrite?.();
      this.#assertGoesOn();
      this.#phase = 'writing';
    };
    if (edits.length === 0) {
      await check();
      return;
    }
    const expectedEtags = new Map(edits.map(({ path }) => [path, this.#file(path)?.etag ?? null]));
    const paths = edits.map(({ path }) => path);
    const also = request.auditedWrite ? [request.auditedWrite(iterationId, paths)] : [];
    await workspace.writeFiles(proposalId, edits, { by: request.actor, expectedEtags, check, also });
  }

  async #validate(): Promise<IterationValidation> {
    const { validations, proposalId, request, logger } = this.#options;
    try {
      const end = await validations.runAfterOthers(proposalId, { actor: request.actor });
      return { run_id: end.runId, ...resultOf(end) };
    } catch (error) {
      // The files are written: that is told, whatever became of the validation.
      logger.warn({ err: error, proposal: proposalId }, 'the validation after an iteration could not be run');
      return { status: 'error', error: error instanceof MillraceError ? error.message : 'it could not be run' };
    }
  }

  #assertGoesOn(): void {
    if (this.#stopping.signal.aborted) throw new Refusal(this.#stopped());
  }

  #stopped(): IterationEnd {
    if (this.#cancelledBy) return { kind: 'cancelled' };
    return { kind: 'error', code: 'interrupted', error: 'the server was stopped during the iteration' };
  }

  /** Being stopped is the reason for whatever else failed after it. */
  #endOf(error: unknown): IterationEnd {
    if (this.#phase === 'answering' && this.#stopping.signal.aborted) return this.#stopped();
    if (error instanceof Refusal) return error.end;
    const { logger, proposalId } = this.#options;
    if (error instanceof ModelError) {
      logger.warn({ proposal: proposalId, code: error.code, reason: error.message }, 'an iteration got no answer');
      return { kind: 'error', code: error.code, error: error.message };
    }
    if (error instanceof MillraceError && !error.retryable && error.code !== 'internal') {
      const code = error.code === 'invalid_request' || error.code === 'payload_too_large' ? 'malformed' : 'conflict';
      return { kind: 'error', code, error: error.message };
    }
    logger.error({ err: error, proposal: proposalId }, 'an iteration failed');
    return { kind: 'error', code: 'conflict', error: 'the files could not be written' };
  }

  #lastEvents(end: IterationEnd) {
    const { proposalId, iterationId } = this.#options;
    const shared = { proposal_id: proposalId, iteration_id: iterationId };
    switch (end.kind) {
      case 'complete': {
        const { filesModified, validation } = end;
        return [toLogEvent({ type: 'iteration_complete', ...shared, files_modified: [...filesModified], validation })];
      }
      case 'cancelled': {
        const { actor, audited } = this.#cancelledBy ?? { actor: '' };
        const cancelled = toLogEvent({ type: 'iteration_cancelled', ...shared, actor });
        return [cancelled, ...(audited ? [audited(iterationId)] : [])];
      }
      case 'error':
        return [toLogEvent({ type: 'iteration_error', ...shared, error: end.error, code: end.code })];
      default:
        return end satisfies never;
    }
  }

  #add(event: NewProposalEvent): void {
    this.#options.journal.add(toLogEvent(event));
  }

  #file(path: string) {
    return this.#options.material.files.get(path);
  }
}

function failed(code: IterationErrorCode, error: string): Refusal {
  return new Refusal({ kind: 'error', code, error });
}

function resultOf(end: ValidationEnd): IterationValidation {
  return end.kind === 'complete' ? { status: end.status, summary: end.summary } : { status: 'error', error: end.error };
}
