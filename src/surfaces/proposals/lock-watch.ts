import { followLog } from '../../engine/log/follow-log.ts';
import type { LogRecord } from '../../engine/log/log.ts';
import type { SurfaceContext } from '../../engine/surface.ts';
import type { Lock } from './events.ts';
import { RECORD_TYPES, toLogEvent } from './records.ts';
import { inTurn } from './workspace.ts';

/** The wall clock may be set while a lock is waited for: it is looked at this often. */
const LOOK_MS = 1_000;

/** Records the end of locks that nobody gave back, also of those that ended while the server was down. */
export class LockWatch implements AsyncDisposable {
  readonly #context: SurfaceContext;
  /** When the lock of a project ends, in wall-clock milliseconds. */
  readonly #ends = new Map<string, number>();
  #following: Disposable | undefined;
  #cancelTimer: () => void = () => {};
  #work: Promise<void>;
  #isEnded = false;

  constructor(context: SurfaceContext) {
    this.#context = context;
    this.#work = this.#attempt(() => this.#load());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isEnded = true;
    this.#cancelTimer();
    this.#following?.[Symbol.dispose]();
    await this.#work;
  }

  async #load(): Promise<void> {
    const { log, snapshots, logger } = this.#context;
    const { cursor, results } = await snapshots.snapshot<[{ project: string; expires_at: string }]>([
      { sql: 'SELECT project, expires_at FROM prop_lock' },
    ]);
    if (this.#isEnded) return;
    this.#ends.clear();
    for (const { project, expires_at } of results[0]) this.#ends.set(project, Date.parse(expires_at));
    this.#following = followLog({
      log,
      after: cursor.seq,
      onRecords: (records) => this.#note(records),
      onLost: (reason) => {
        logger.warn({ err: reason }, 'following the log for locks begins again');
        this.#following = undefined;
        this.#schedule();
      },
    });
    await this.#expire();
  }

  #note(records: readonly LogRecord[]): void {
    for (const { type, body } of records) {
      if (type !== RECORD_TYPES.lock_changed) continue;
      const { project_id, lock } = JSON.parse(body) as { project_id: string; lock: Lock | null };
      if (lock) this.#ends.set(project_id, Date.parse(lock.expires_at));
      else this.#ends.delete(project_id);
    }
  }

  async #expire(): Promise<void> {
    const now = this.#context.clock.now();
    for (const [project, endsAt] of this.#ends) if (endsAt <= now) await this.#end(project);
  }

  async #end(project: string): Promise<void> {
    const { log, snapshots, clock } = this.#context;
    await inTurn(this.#context, project, async () => {
      // It may have been prolonged, or given back, just before this turn.
      const { results } = await snapshots.snapshot<[{ expires_at: string }]>([
        { sql: 'SELECT expires_at FROM prop_lock WHERE project = ?', params: [project] },
      ]);
      const endsAt = Date.parse(results[0][0]?.expires_at ?? '');
      if (!(endsAt <= clock.now())) return;
      await log.append([
        toLogEvent({
          type: 'lock_changed',
          proposal_id: '',
          actor: null,
          project_id: project,
          lock: null,
          reason: 'expired',
        }),
      ]);
    });
  }

  #schedule(): void {
    if (this.#isEnded) return;
    this.#cancelTimer = this.#context.clock.schedule(LOOK_MS, () => {
      this.#work = this.#attempt(() => (this.#following ? this.#expire() : this.#load()));
    });
  }

  async #attempt(action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      if (!this.#isEnded) this.#context.logger.warn({ err: error }, 'ending locks failed and is tried again');
    }
    this.#schedule();
  }
}
