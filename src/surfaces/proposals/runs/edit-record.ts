import type { NewEvent } from '../../../engine/log/log.ts';
import { channelOf } from '../records.ts';

/**
 * Log record: what an iteration is about to do to one file. It is stored before the file is written, so that a server
 * that dies in between finds what to undo; afterwards it is the iteration's diff. No feed shows it.
 */
export const EDIT_RECORDED = 'proposals.edit_recorded';

export interface RecordedEdit {
  readonly proposal_id: string;
  readonly iteration_id: string;
  readonly path: string;
  /** Null for a file that was not there. */
  readonly before: string | null;
  readonly after: string;
}

export function editRecordedEvent(edit: RecordedEdit): NewEvent {
  const { proposal_id, ...members } = edit;
  const project = proposal_id.split('.', 1)[0] ?? '';
  return { type: EDIT_RECORDED, channel: channelOf(project), body: JSON.stringify({ proposal_id, ...members }) };
}
