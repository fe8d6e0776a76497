import type { SurfaceContext } from '../../../engine/surface.ts';
import { answerEndedEvent } from './chat-records.ts';

const DIED = 'interrupted: the server ended before the answer was complete';

/** Gives an end to the answers that a server before this one left open. */
export async function endInterruptedAnswers({
  log,
  snapshots,
}: Pick<SurfaceContext, 'log' | 'snapshots'>): Promise<void> {
  const { results } = await snapshots.snapshot<[{ id: string; actor: string | null; tokens: number }]>([
    { sql: `SELECT id, actor, tokens FROM ops_chat WHERE status = 'streaming' ORDER BY seq` },
  ]);
  const ends = results[0].map(({ id, actor, tokens }) =>
    answerEndedEvent({ message_id: id, status: 'error', error: DIED, actor, token_count: tokens }),
  );
  if (ends.length > 0) await log.append(ends);
}
