import type { Query } from '../../store/snapshot.ts';
import type { LogRecord } from '../log.ts';

export interface ReadWorkerData {
  readonly path: string;
}

interface Position {
  readonly seq: number;
  readonly tag: string;
}

/** What a read worker can be asked. */
export type ReadRequest =
  | { readonly kind: 'records'; readonly after: number; readonly limit: number }
  | { readonly kind: 'tag'; readonly seq: number }
  | { readonly kind: 'snapshot'; readonly queries: readonly Query[] };

export interface ReadAnswers {
  readonly records: readonly LogRecord[];
  readonly tag: string | undefined;
  readonly snapshot: { readonly position: Position; readonly results: readonly (readonly unknown[])[] };
}

export interface ReadJob {
  readonly id: number;
  readonly request: ReadRequest;
}

export type ReadReply =
  | { readonly id: number; readonly answer: ReadAnswers[keyof ReadAnswers] }
  | { readonly id: number; readonly error: string };
