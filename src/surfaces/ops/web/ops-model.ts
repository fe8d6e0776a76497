import type { FrameScheduler } from '../../../react/frame-scheduler.ts';
import { type Alert, type Ingestion, type Kpis, kpisSchema, type OpsState } from '../events.ts';
import { announcementOf } from './announcement.ts';
import type { OpsReads } from './ops-api.ts';
import { type LiveOps, liveOps, type OpsMessage, updateOps, withAlert, withIngestion, withKpis } from './ops-state.ts';

/** A hidden page paints no frames: what piles up beyond this is worked off at once. */
const MAX_BUFFERED = 1_000;

/** What the page shows; a new object whenever something in it changed. */
export interface OpsView {
  /** Why the last load failed, in words. */
  readonly failure: string | undefined;
  /** Undefined before the first load. */
  readonly ops: LiveOps | undefined;
  /** What is said aloud: the alerts that were raised last. Empty until one is. */
  readonly announcement: string;
  /** Whoever reads; null while nobody is known. */
  readonly person: string | null;
}

export interface OpsModelOptions {
  readonly reads: Pick<OpsReads, 'state'>;
  readonly frames: FrameScheduler;
  /** What was read already. */
  readonly rendered?: { readonly state: OpsState; readonly person: string | null } | undefined;
}

export type OpsModel = ReturnType<typeof createOpsModel>;

/** Everything live on the page, outside React: bursts are folded in once per frame. */
export function createOpsModel({ reads, frames, rendered }: OpsModelOptions) {
  const listeners = new Set<() => void>();
  let buffer: OpsMessage[] = [];
  let kpis: Kpis | undefined;
  let cancelFrame: (() => void) | undefined;
  let view: OpsView = {
    failure: undefined,
    ops: rendered && liveOps(rendered.state),
    announcement: '',
    person: rendered?.person ?? null,
  };

  function show(change: Partial<OpsView>): void {
    view = { ...view, ...change };
    for (const listener of [...listeners]) listener();
  }

  function flush(): void {
    cancelFrame?.();
    cancelFrame = undefined;
    const arrived = buffer;
    const measured = kpis;
    buffer = [];
    kpis = undefined;
    const { ops: before } = view;
    if (!before) return;
    const folded = arrived.reduce(updateOps, before);
    const ops = measured ? withKpis(folded, measured) : folded;
    if (ops !== before) show({ ops, announcement: announcementOf(before, ops) ?? view.announcement });
  }

  /** Shows at once what the server has answered somebody on this page. */
  function change(update: (ops: LiveOps) => LiveOps): void {
    flush();
    if (view.ops) show({ ops: update(view.ops) });
  }

  return {
    view: () => view,
    subscribe(listener: () => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    /** Loads everything and resolves with the cursor to tail from; what a feed connection calls `snapshot`. */
    async loadSnapshot(signal: AbortSignal): Promise<string> {
      const state = await reads.state(signal);
      signal.throwIfAborted();
      flush();
      show({ failure: undefined, ops: liveOps(state) });
      return state.cursor;
    },
    receive(messages: readonly OpsMessage[]): void {
      buffer.push(...messages);
      if (buffer.length >= MAX_BUFFERED) flush();
      else if (buffer.length > 0) cancelFrame ??= frames(flush);
    },
    /** Takes the KPIs of a heartbeat; throws for one without. */
    receiveHeartbeat(members: unknown): void {
      kpis = kpisSchema.parse(members);
      cancelFrame ??= frames(flush);
    },
    signedIn: (person: string | null) => show({ person }),
    acknowledged: (alert: Alert) => change((ops) => withAlert(ops, alert)),
    ingestionChanged: ({ mode, by, since }: Ingestion) => change((ops) => withIngestion(ops, { mode, by, since })),
    /** The snapshot could not be loaded; what is on the page stays. */
    fail: (message: string) => show({ failure: message }),
    stop(): void {
      cancelFrame?.();
      cancelFrame = undefined;
    },
  };
}
