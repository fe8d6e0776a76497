import { type FSWatcher, watch } from 'node:fs';
import { join } from 'node:path';
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
  /** By project: the rest of a repository can be large, and is none of this surface's business. */
  readonly #watchers = new Map<string, FSWatcher | undefined>();
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
    if (workspace.root !== undefined) this.#look();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isEnded = true;
    this.#cancelTimer();
    for (const watcher of this.#watchers.values()) watcher?.close();
    await this.#looking;
  }

  /** One that can't be watched, and any that is replaced as a whole, is looked at by the clock. */
  async #watchAll(root: string): Promise<void> {
    const projects = new Set(await this.#workspace.projects());
    for (const [project, watcher] of this.#watchers) {
      if (projects.has(project)) continue;
      watcher?.close();
      this.#watchers.delete(project);
    }
    for (const project of projects) {
      if (this.#isEnded || this.#watchers.has(project)) continue;
      this.#watchers.set(project, this.#watch(join(root, project, 'openspec'), project));
    }
  }

  #watch(folder: string, project: string): FSWatcher | undefined {
    const warn = (error: unknown) =>
      this.#context.logger.warn({ err: error, project }, 'a project is looked at by the clock alone');
    try {
      const watcher = watch(folder, { recursive: true, persistent: false }, () => this.#heard(project));
      return watcher.on('error', warn);
    } catch (error) {
      warn(error);
      return undefined;
    }
  }

  #heard(project: string): void {
    if (this.#isEnded) return;
    const isFirst = this.#heardOf.size === 0;
    this.#heardOf.add(project);
    if (isFirst && !this.#isLooking) this.#schedule(DEBOUNCE_MS);
  }

  #schedule(delayMs: number): void {
    this.#cancelTimer();
    if (!this.#isEnded) this.#cancelTimer = this.#context.clock.schedule(delayMs, () => this.#look());
  }

  async #lookAt(changed: ReadonlySet<string> | undefined): Promise<void> {
    const { root } = this.#workspace;
    // Watched first: what changes during the look is then heard of.
    if (root !== undefined && !changed) await this.#watchAll(root);
    await this.#workspace.scan(changed);
  }

  #look(): void {
    const { clock, logger } = this.#context;
    const startedAt = clock.monotonic();
    const isWhole = startedAt >= this.#nextWholeAt;
    const heardOf = this.#heardOf;
    this.#heardOf = new Set();
    this.#isLooking = true;
    this.#looking = this.#lookAt(isWhole ? undefined : heardOf)
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
