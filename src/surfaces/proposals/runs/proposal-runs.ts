import type { ModelSettings, ModelTimings } from '../../../engine/model/model-client.ts';
import type { SurfaceContext } from '../../../engine/surface.ts';
import { IterationRunner } from '../iteration-runner.ts';
import { ValidationRunner } from '../validation-runner.ts';
import type { Workspace } from '../workspace.ts';
import { endInterruptedRuns } from './interrupted-runs.ts';
import { bundledValidator, type ValidatorCommand } from './validator-command.ts';

export interface ProposalRunsOptions {
  readonly context: Pick<SurfaceContext, 'log' | 'snapshots' | 'clock' | 'logger'>;
  readonly workspace: Workspace;
  /** Default: the bundled OpenSpec CLI. */
  readonly validator?: ValidatorCommand | undefined;
  readonly model?: ModelSettings | undefined;
  readonly modelTimings?: Partial<ModelTimings>;
  readonly maxIterations?: number;
  readonly validationLimits?: { readonly timeLimitMs?: number; readonly maxRunning?: number };
}

/** Validations and iterations of one server, from the end of what the server before left open to its own end. */
export class ProposalRuns implements AsyncDisposable {
  readonly validations: ValidationRunner;
  readonly iterations: IterationRunner;
  /** Settles when nothing of an earlier server is open any more; nothing begins before. */
  #recovered: Promise<void>;

  constructor(options: ProposalRunsOptions) {
    const { context, workspace, validator, model, modelTimings, maxIterations, validationLimits } = options;
    const { log, snapshots, clock, logger } = context;
    const shared = { log, clock, logger, workspace };
    const recover = () => endInterruptedRuns({ log, snapshots, logger, workspace });
    this.#recovered = recover();
    this.#recovered.catch((error: unknown) => {
      logger.error({ err: error }, 'runs that an earlier server left open could not be ended');
    });
    // What could not be ended is tried again by whoever begins something.
    const ready = () => {
      this.#recovered = this.#recovered.catch(recover);
      return this.#recovered;
    };
    const command = validator ?? bundledValidator();
    this.validations = new ValidationRunner({ ...shared, ready, command, ...validationLimits });
    const { validations } = this;
    this.iterations = new IterationRunner({
      ...shared,
      ready,
      snapshots,
      validations,
      model,
      ...(modelTimings ? { timings: modelTimings } : {}),
      ...(maxIterations === undefined ? {} : { maxRunning: maxIterations }),
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Iterations that are writing end with their validation's interruption: both at once.
    await Promise.all([this.iterations[Symbol.asyncDispose](), this.validations[Symbol.asyncDispose]()]);
    await this.#recovered.catch(() => {});
  }
}
