import type { LogRecord } from '../log.ts';
import type { RetentionLimits } from './retention.ts';
import type { AppendOutcome, AppendRequest } from './writer.ts';

/** What the serving thread gives the writer's thread at its start. */
export interface WriterWorkerData {
  readonly path: string;
  readonly retention: RetentionLimits;
  readonly retentionIntervalMs: number;
  /** Newest records sent along with `opened`. */
  readonly preload: number;
}

export type ToWriter =
  | { readonly kind: 'commit'; readonly requests: readonly AppendRequest[] }
  | { readonly kind: 'probe' }
  | { readonly kind: 'close' };

interface Position {
  readonly seq: number;
  readonly tag: string;
}

export type FromWriter =
  | {
      readonly kind: 'opened';
      readonly epoch: string;
      readonly head: Position;
      readonly trimmed: Position;
      readonly newest: readonly LogRecord[];
    }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'settled'; readonly outcomes: readonly AppendOutcome[]; readonly commitMs: number }
  | { readonly kind: 'probed'; readonly reason?: string }
  | { readonly kind: 'trimmed'; readonly trimmed: Position }
  | { readonly kind: 'closed' };
