import { type FSWatcher, watch } from 'node:fs';
import type { SurfaceContext } from '../../../engine/surface.ts';
import type { Workspace } from '../workspace.ts';

/** An editor that saves writes several times; one look is enough for all of them. */
const DEBOUNCE_MS = 60;
/** The disk is looked at this often even when nothing is heard of it: not every file system tells. */
const POLL_MS = 1_000;
/** Looking takes at most this share of the time, however much there is to look at. */
const MAX_LOAD = 0.05;

/** Looks at the disk again when it changes; ends when disposed. */
export class DiskWatch implements AsyncDisposable {
  readonly #context: SurfaceContext;
  readonly #workspace: Workspace;
  readonly #watcher: FSWatcher | undefined;
  #cancelTimer: () => void = () => {};
  #looking: Promise<void> = Promise.resolve();
  #isLooking = false;
  /** Projects of which something was heard since the last look. */
  #heardOf = new Set<string>();
  /** When all of them are looked at, in monotonic time. */
  #nextWholeAt = 0;
  #isEnded = false;

  constructor(context: SurfaceContext, workspace: Workspace) {
    this.#context = context;
    this.#workspace = workspace;
    this.#watcher = this.#watch();
    if (workspace.root !== undefined) this.#look();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isEnded = true;
    this.#cancelTimer();
    this.#watcher?.close();
    await this.#looking;
  }

  #watch(): FSWatcher | undefined {
    const { root } = this.#workspace;
    if (root === undefined) return undefined;
    const { logger } = this.#context;
    try {
      const watcher = watch(root, { recursive: true, persistent: false }, (_event, path) => this.#heard(path));
      watcher.on('error', (error) => logger.warn({ err: error }, 'the projects are looked at by the clock alone'));
      return watcher;
    } catch (error) {
      logger.warn({ err: error }, 'the projects are looked at by the clock alone');
      return undefined;
    }
  }

  #heard(path: string | null): void {
    const project = path?.split('/', 1)[0];
    if (this.#isEnded || project === undefined) return;
    const isFirst = this.#heardOf.size === 0;
    this.#heardOf.add(project);
    if (isFirst && !this.#isLooking) this.#schedule(DEBOUNCE_MS);
  }

  #schedule(delayMs: number): void {
    this.#cancelTimer();
    if (!this.#isEnded) this.#cancelTimer = this.#context.clock.schedule(delayMs, () => this.#look());
  }

  #look(): void {
    const { clock, logger } = this.#context;
    const startedAt = clock.monotonic();
    const isWhole = startedAt >= this.#nextWholeAt;
    const heardOf = this.#heardOf;
    this.#heardOf = new Set();
    this.#isLooking = true;
    this.#looking = this.#workspace
      .scan(isWhole ? undefined : heardOf)
      .catch((error: unknown) => {
        if (!this.#isEnded) logger.warn({ err: error }, 'looking at the projects failed and is tried again');
      })
      .finally(() => {
        this.#isLooking = false;
        const now = clock.monotonic();
        if (isWhole) this.#nextWholeAt = now + Math.max(POLL_MS, (now - startedAt) / MAX_LOAD);
        this.#schedule(this.#heardOf.size > 0 ? DEBOUNCE_MS : Math.max(0, this.#nextWholeAt - now));
      });
  }
}
