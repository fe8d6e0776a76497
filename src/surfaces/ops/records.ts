/** Log record: somebody paused the taking in of events, or let it go on. Its commit is the time of it. */
export const INGESTION_CHANGED = 'ops.ingestion_changed';

export interface IngestionBody {
  readonly mode: 'running' | 'paused';
  /** Who did it. */
  readonly by: string;
}
