import type { Hono } from 'hono';
import type { SurfaceContext } from '../../../engine/surface.ts';
import { addAlertRoutes } from './alert-routes.ts';
import { BUILT_IN_RULES, type EventRule } from './alert-rules.ts';
import { AlertWatch } from './alert-watch.ts';
import { type DiskSpace, FigureSource } from './figures.ts';

export interface AlertsOptions {
  /** Rules beside the built-in ones (`MILLRACE_ALERT_RULES`). */
  readonly rules: readonly EventRule[];
  /** Measures the disk of the data folder. */
  readonly measureDisk: () => Promise<DiskSpace>;
}

/** The surface's alerts: their routes, and the watch that raises and clears them. */
export class Alerts {
  readonly #options: AlertsOptions;
  #watch: AlertWatch | undefined;

  constructor(options: AlertsOptions) {
    this.#options = options;
  }

  addRoutes(routes: Hono, context: SurfaceContext): void {
    addAlertRoutes(routes, { context, unrecorded: () => this.#watch?.unrecorded() ?? [] });
  }

  /** Whoever calls it ends it. */
  watch(context: SurfaceContext): AlertWatch {
    const { rules, measureDisk } = this.#options;
    const figures = new FigureSource({ ...context, measureDisk });
    this.#watch = new AlertWatch(context, { rules: [...BUILT_IN_RULES, ...rules], figures });
    return this.#watch;
  }
}
