import { statfs } from 'node:fs/promises';
import type { Logger } from 'pino';
import type { Clock } from '../../../engine/clock.ts';
import type { Log } from '../../../engine/log/log.ts';
import type { Metrics } from '../../../engine/metrics.ts';

/** What measure rules compare; a figure that could not be taken is absent. */
export interface Figures {
  readonly log: { readonly is_writable: boolean; readonly reason: string };
  readonly ingest: { readonly rejected_per_minute: number };
  readonly disk?: { readonly free_bytes: number; readonly free_mib: number; readonly free_percent: number };
}

/** Room for those who are not root, and the size of the disk, in bytes. */
export interface DiskSpace {
  readonly freeBytes: number;
  readonly totalBytes: number;
}

export interface FigureSourceOptions {
  readonly log: Pick<Log, 'health'>;
  readonly metrics: Pick<Metrics, 'rejects'>;
  readonly clock: Clock;
  /** The disk of the data folder. */
  readonly measureDisk: () => Promise<DiskSpace>;
  readonly logger: Logger;
}

const DISK_EVERY_MS = 30_000;
const MINUTE_MS = 60_000;
const MIB = 1024 ** 2;

/** Why something that was sent in is refused: it is wrong, too large, too much at once, or can't be stored. */
const INGEST_REASONS: ReadonlySet<string> = new Set([
  'invalid_request',
  'payload_too_large',
  'unsupported_media_type',
  'idempotency_conflict',
  'too_many_requests',
  'log_unavailable',
  'overloaded',
  'hook_lost_after_answer',
]);

/** Room on the disk that a folder is on. */
export async function diskSpaceOf(folder: string): Promise<DiskSpace> {
  const { bavail, blocks, bsize } = await statfs(folder);
  return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
}

/** Takes the figures; the disk's every 30 s, however often it is asked. */
export class FigureSource {
  readonly #options: FigureSourceOptions;
  /** Refusals since the start by monotonic time: the newest before the last minute, and those in it. */
  #refused: { readonly at: number; readonly total: number }[] = [];
  #disk: { readonly at: number; readonly space: DiskSpace | undefined } | undefined;

  constructor(options: FigureSourceOptions) {
    this.#options = options;
  }

  async read(): Promise<Figures> {
    const { writable, reason } = this.#options.log.health();
    const rejected_per_minute = await this.#refusedInLastMinute();
    const space = await this.#diskSpace();
    return {
      log: { is_writable: writable, reason: reason ?? '' },
      ingest: { rejected_per_minute },
      ...(space && space.totalBytes > 0 ? { disk: diskFigures(space) } : {}),
    };
  }

  async #refusedInLastMinute(): Promise<number> {
    const { values } = await this.#options.metrics.rejects.get();
    const total = values.reduce(
      (sum, { labels, value }) => sum + (INGEST_REASONS.has(`${labels.reason}`) ? value : 0),
      0,
    );
    const at = this.#options.clock.monotonic();
    const firstWithin = this.#refused.findIndex((sample) => sample.at > at - MINUTE_MS);
    this.#refused = this.#refused.slice(firstWithin < 0 ? -1 : Math.max(0, firstWithin - 1));
    this.#refused.push({ at, total });
    return total - (this.#refused[0]?.total ?? total);
  }

  async #diskSpace(): Promise<DiskSpace | undefined> {
    const { clock, measureDisk, logger } = this.#options;
    const at = clock.monotonic();
    if (!this.#disk || at - this.#disk.at >= DISK_EVERY_MS) {
      const space = await measureDisk().catch((error: unknown) => {
        logger.warn({ err: error }, 'the room on the disk could not be measured');
        return undefined;
      });
      this.#disk = { at, space };
    }
    return this.#disk.space;
  }
}

function diskFigures({ freeBytes, totalBytes }: DiskSpace): Figures['disk'] & object {
  return {
    free_bytes: freeBytes,
    free_mib: Math.floor(freeBytes / MIB),
    free_percent: Math.floor((freeBytes / totalBytes) * 1_000) / 10,
  };
}
