import type { Message } from '../../events.ts';

/** The moment that `second: 0` stands for. */
export const START = Date.parse('2026-03-02T10:00:00.000Z');

/** A stored message for a test; `second` counts from {@link START} and is the `seq` when left out. */
export function posted({
  second,
  ...given
}: Partial<Message> & { readonly seq: number; readonly second?: number }): Message {
  const at = new Date(START + (second ?? given.seq) * 1_000).toISOString();
  return {
    id: `mr-${given.seq}`,
    channel: 'general',
    user: 'ada',
    text: `message ${given.seq}`,
    sent_at: at,
    received_at: at,
    ...given,
  };
}
