import type { Logger } from 'pino';
import type { Clock } from '../../../engine/clock.ts';
import type { Journal } from '../../../engine/log/journal.ts';
import type { NewEvent } from '../../../engine/log/log.ts';
import {
  ModelError,
  type ModelPrompt,
  type ModelSettings,
  type ModelTimings,
  streamAnswer,
} from '../../../engine/model/model-client.ts';
import { TokenBatcher } from '../../../engine/model/token-batcher.ts';
import { MillraceError } from '../../../protocol/errors.ts';
import { CHAT_LIMITS } from '../events.ts';
import { answerEndedEvent, type EndedAnswer, tokensStreamedEvent } from './chat-records.ts';

/** Who asks or cancels. */
export interface ChatActor {
  /** Null for somebody who is not known. */
  readonly actor: string | null;
  /** The line of the audit trail, stored together with what was done. */
  readonly audited?: (answerId?: string) => NewEvent;
}

export interface ChatAnswerOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly model: ModelSettings;
  readonly timings: ModelTimings;
  readonly journal: Journal;
  readonly id: string;
  /** Who asked. */
  readonly actor: string | null;
  readonly prompt: ModelPrompt;
}

type AnswerEnd = Pick<EndedAnswer, 'status' | 'error'>;

const TOO_LONG = `the answer is longer than ${CHAT_LIMITS.answer} characters or ${CHAT_LIMITS.answerTokens} pieces: its rest was left out`;
const STOPPED = 'interrupted: the server was stopped before the answer was complete';

/**
 * One answer, told while it comes. Its end is decided once, and nothing of it is told after that.
 *
 *     streaming ──end of the answer──▶ ended (complete, or error when it is empty)
 *         └──cancel, error, timeout, too long, the server's end──▶ ended (cancelled, error)
 */
export class ChatAnswer {
  readonly #options: ChatAnswerOptions;
  readonly #stopping = new AbortController();
  #isEnded = false;
  #cancelledBy: ChatActor | undefined;
  #tokenCount = 0;

  constructor(options: ChatAnswerOptions) {
    this.#options = options;
  }

  /** Throws `conflict` once it has ended. */
  cancel(by: ChatActor): void {
    if (this.#isEnded || (this.#stopping.signal.aborted && !this.#cancelledBy)) {
      throw new MillraceError('conflict', 'the answer has ended already');
    }
    this.#cancelledBy ??= by;
    this.#stopping.abort();
  }

  /** The server ends. */
  interrupt(): void {
    this.#stopping.abort();
  }

  /** Settles when the end is stored. */
  async run(): Promise<AnswerEnd> {
    const end = await this.#listen().catch((error: unknown) => this.#endOf(error));
    const { journal, id, actor } = this.#options;
    const by = end.status === 'cancelled' ? this.#cancelledBy : undefined;
    const record = {
      message_id: id,
      ...end,
      actor: by ? by.actor : actor,
      token_count: this.#tokenCount,
    };
    await journal.close(answerEndedEvent(record), ...(by?.audited ? [by.audited(id)] : []));
    return end;
  }

  async #listen(): Promise<AnswerEnd> {
    const { clock, journal, model, timings, prompt, id } = this.#options;
    const { signal } = this.#stopping;
    const batcher = new TokenBatcher({
      clock,
      onTokens: (tokens) => {
        journal.add(tokensStreamedEvent({ message_id: id, index: this.#tokenCount, tokens }));
        this.#tokenCount += tokens.length;
      },
    });
    let characters = 0;
    let pieces = 0;
    let isBlank = true;
    try {
      for await (const text of streamAnswer({ settings: model, timings, clock, prompt, signal })) {
        characters += text.length;
        pieces += 1;
        if (characters > CHAT_LIMITS.answer || pieces > CHAT_LIMITS.answerTokens) return this.#end(failed(TOO_LONG));
        isBlank &&= text.trim() === '';
        batcher.push(text);
        await journal.ready();
      }
      return this.#end(isBlank ? failed('the model gave an empty answer') : { status: 'complete', error: null });
    } finally {
      batcher.end();
    }
  }

  /** From here on it can't be cancelled any more; having been stopped before is the reason for whatever came after. */
  #end(otherwise: AnswerEnd): AnswerEnd {
    this.#isEnded = true;
    if (!this.#stopping.signal.aborted) return otherwise;
    return this.#cancelledBy ? { status: 'cancelled', error: null } : failed(STOPPED);
  }

  #endOf(error: unknown): AnswerEnd {
    const { logger, id } = this.#options;
    if (error instanceof ModelError) {
      logger.warn({ answer: id, code: error.code, reason: error.message }, 'a question got no whole answer');
      return this.#end(failed(error.message));
    }
    logger.error({ err: error, answer: id }, 'an answer failed');
    return this.#end(failed('the answer could not be stored'));
  }
}

function failed(error: string): AnswerEnd {
  return { status: 'error', error };
}
