import { randomUUID } from 'node:crypto';
import { Journal } from '../../../engine/log/journal.ts';
import { requireModel } from '../../../engine/model/configured-model.ts';
import { DEFAULT_MODEL_TIMINGS, type ModelSettings, type ModelTimings } from '../../../engine/model/model-client.ts';
import type { SurfaceContext } from '../../../engine/surface.ts';
import { MillraceError } from '../../../protocol/errors.ts';
import { type ChatActor, ChatAnswer } from './chat-answer.ts';
import { type ChatMaterial, chatPrompt } from './chat-prompt.ts';
import { chatClearedEvent, messageAddedEvent } from './chat-records.ts';
import { endInterruptedAnswers } from './interrupted-answers.ts';

export interface ChatRunnerOptions extends Pick<SurfaceContext, 'log' | 'snapshots' | 'clock' | 'logger'> {
  /** Undefined when no model is configured. */
  readonly model: ModelSettings | undefined;
  /** What the model is shown. */
  readonly readMaterial: () => Promise<ChatMaterial>;
  /** Default {@link DEFAULT_MODEL_TIMINGS}. */
  readonly modelTimings?: Partial<ModelTimings>;
  /** Answers at a time. Default 4. */
  readonly maxAnswers?: number;
}

interface Running {
  readonly actor: string | null;
  readonly answer: ChatAnswer;
  readonly ended: Promise<unknown>;
}

const DEFAULT_MAX_ANSWERS = 4;

/** Lets a model answer questions about the page's state, one at a time of each person, and tells what it says meanwhile. */
export class ChatRunner implements AsyncDisposable {
  readonly #options: ChatRunnerOptions;
  readonly #running = new Map<string, Running>();
  readonly #closing = new AbortController();
  /** Settles when no answer of an earlier server is open any more; nothing begins before. */
  #recovered: Promise<void>;

  constructor(options: ChatRunnerOptions) {
    this.#options = options;
    this.#recovered = endInterruptedAnswers(options);
    this.#recovered.catch((error: unknown) => {
      options.logger.error({ err: error }, 'answers that an earlier server left open could not be ended');
    });
  }

  /**
   * Settles with the answer's id once its beginning is stored. Throws `unavailable` without a model, `conflict` while the
   * same person gets an answer, `too_many_requests` when as many are given as may be.
   */
  async ask(question: string, { actor, audited }: ChatActor): Promise<string> {
    const { log, clock, logger, readMaterial, modelTimings } = this.#options;
    const model = requireModel(this.#options.model);
    await this.#ready();
    this.#assertFree(actor);
    const prompt = chatPrompt(await readMaterial(), question);
    // Nothing waits between this look and the entry.
    this.#assertFree(actor);

    const id = randomUUID();
    const shared = { error: null, actor };
    const began = log.append([
      messageAddedEvent({ id: randomUUID(), role: 'user', tokens: [question], status: 'complete', ...shared }),
      messageAddedEvent({ id, role: 'assistant', tokens: [], status: 'streaming', ...shared }),
      ...(audited ? [audited(id)] : []),
    ]);
    const answer = new ChatAnswer({
      clock,
      logger,
      model,
      timings: { ...DEFAULT_MODEL_TIMINGS, ...modelTimings },
      journal: new Journal({ log, clock, signal: this.#closing.signal }),
      id,
      actor,
      prompt,
    });
    const ended = began.then(() => answer.run()).finally(() => this.#running.delete(id));
    ended.catch((error: unknown) => {
      logger.error({ err: error, answer: id }, 'an answer could not be recorded to its end');
    });
    this.#running.set(id, { actor, answer, ended });
    await began;
    return id;
  }

  /** Settles when the answer's end is stored. Throws `not_found`, or `conflict` when it has ended already. */
  async cancel(id: string, by: ChatActor): Promise<void> {
    const running = this.#running.get(id);
    if (!running) throw await this.#notRunning(id);
    running.answer.cancel(by);
    await running.ended;
  }

  /** Empties the transcript. Throws `conflict` while an answer is given. */
  async clear({ actor, audited }: ChatActor): Promise<void> {
    if (this.#running.size > 0) throw new MillraceError('conflict', 'an answer is being written: cancel it first');
    await this.#options.log.append([chatClearedEvent({ actor }), ...(audited ? [audited()] : [])]);
  }

  /** Settles when the answer's end is stored; at once for one that doesn't go on. */
  async whenEnded(id: string): Promise<void> {
    await this.#running.get(id)?.ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    const all = [...this.#running.values()];
    for (const { answer } of all) answer.interrupt();
    await Promise.allSettled([...all.map(({ ended }) => ended), this.#recovered]);
  }

  /** What could not be ended is tried again by whoever asks. */
  #ready(): Promise<void> {
    this.#recovered = this.#recovered.catch(() => endInterruptedAnswers(this.#options));
    return this.#recovered;
  }

  async #notRunning(id: string): Promise<MillraceError> {
    const { results } = await this.#options.snapshots.snapshot<[unknown]>([
      { sql: `SELECT 1 FROM ops_chat WHERE id = ? AND role = 'assistant'`, params: [id] },
    ]);
    return results[0].length > 0
      ? new MillraceError('conflict', 'the answer has ended already')
      : new MillraceError('not_found', 'there is no such answer');
  }

  #assertFree(actor: string | null): void {
    if (this.#closing.signal.aborted) throw new MillraceError('shutting_down', 'the server is closing');
    if ([...this.#running.values()].some((running) => running.actor === actor)) {
      throw new MillraceError('conflict', 'an answer to you is still being written: wait for its end, or cancel it');
    }
    const { maxAnswers = DEFAULT_MAX_ANSWERS } = this.#options;
    if (this.#running.size < maxAnswers) return;
    const message = `${this.#running.size} answers are being written: try again when one has ended`;
    throw new MillraceError('too_many_requests', message, { retryAfterS: 5 });
  }
}
