import type { AsyncCommand } from 'fast-check';
import type { LogModel } from './log-model.ts';
import type { World } from './world.ts';

export interface CommandParts {
  /** What it is counted as. */
  readonly name: string;
  /** With what, for a report. */
  readonly about?: object;
  /** Requests of it that may be refused, at most. Default 0. */
  readonly refusals?: number;
  /** Whether it makes sense now. Default: always. */
  readonly canRun?: (model: LogModel) => boolean;
  /** Does it to both, and compares the answers. */
  readonly run: (model: LogModel, world: World) => Promise<void>;
}

/** Something that can be done to the server at any time, and to the model. */
export class Command implements AsyncCommand<LogModel, World> {
  readonly #parts: CommandParts;

  constructor(parts: CommandParts) {
    this.#parts = parts;
  }

  check(model: Readonly<LogModel>): boolean {
    return this.#parts.canRun?.(model as LogModel) ?? true;
  }

  async run(model: LogModel, world: World): Promise<void> {
    await world.makeRoom(this.#parts.refusals ?? 0, model);
    await this.#parts.run(model, world);
    await world.settle(model);
    world.count(this.#parts.name);
  }

  toString(): string {
    const { name, about = {} } = this.#parts;
    return `${name}(${JSON.stringify(about)})`;
  }
}
