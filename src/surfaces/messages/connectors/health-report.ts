import type { Logger } from 'pino';
import type { Liveness } from '../../../protocol/connector.ts';
import { appendUntilTaken, type PatientLog } from './append-until-taken.ts';
import { changedEvent, failedEvent } from './records.ts';

export interface HealthReportOptions extends PatientLog {
  readonly id: string;
  readonly logger: Logger;
}

/** Different errors that wait to be recorded; what comes then is counted with the newest of them. */
const MAX_ERRORS = 20;

/**
 * Records how a connector is. While the log takes nothing, only the newest liveness is kept, and of each error how often
 * it came, so that nothing grows.
 */
export class HealthReport implements AsyncDisposable {
  readonly #options: HealthReportOptions;
  readonly #ended = new AbortController();
  #liveness: Liveness | undefined;
  #failures = new Map<string, number>();
  #work: Promise<void> | undefined;

  constructor(options: HealthReportOptions) {
    this.#options = options;
  }

  liveness(liveness: Liveness): void {
    this.#liveness = liveness;
    this.#work ??= this.#write();
  }

  failed(error: string, count = 1): void {
    const isKept = this.#failures.size < MAX_ERRORS || this.#failures.has(error);
    const key = isKept ? error : ([...this.#failures.keys()].at(-1) ?? error);
    this.#failures.set(key, (this.#failures.get(key) ?? 0) + count);
    this.#options.logger.warn({ connector: this.#options.id, count }, error);
    this.#work ??= this.#write();
  }

  /** Writes what is left if the log takes it at once. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended.abort();
    await this.#work;
  }

  async #write(): Promise<void> {
    await Promise.resolve();
    const { id, logger } = this.#options;
    try {
      while (this.#liveness !== undefined || this.#failures.size > 0) {
        const [liveness, failures] = [this.#liveness, this.#failures];
        this.#failures = new Map();
        const events = [
          ...[...failures].map(([error, count]) => failedEvent({ id, error, count })),
          ...(liveness === undefined ? [] : [changedEvent({ id, liveness })]),
        ];
        if (!(await appendUntilTaken(this.#options, events, this.#ended.signal))) return;
        if (this.#liveness === liveness) this.#liveness = undefined;
      }
    } catch (error) {
      logger.error({ err: error, connector: id }, 'the health of a connector could not be recorded');
    } finally {
      this.#work = undefined;
    }
  }
}
