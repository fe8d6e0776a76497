import type { NewEvent } from '../../engine/log/log.ts';
import { OPS_CHANNEL } from './events.ts';

/** Log record: somebody paused the taking in of events, or let it go on. Its commit is the time of it. */
export const INGESTION_CHANGED = 'ops.ingestion_changed';

export interface IngestionBody {
  readonly mode: 'running' | 'paused';
  /** Who did it. */
  readonly by: string;
}

export function ingestionEvent(body: IngestionBody): NewEvent {
  return { type: INGESTION_CHANGED, channel: OPS_CHANNEL, body: JSON.stringify(body) };
}
