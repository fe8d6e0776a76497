import type { ObservedEvent } from '../../events.ts';

/** The moment that `second: 0` stands for. */
export const START = Date.parse('2026-03-02T10:00:00.000Z');

/** An event for a test; `second` counts from {@link START}. */
export function observed({
  second = 0,
  ...given
}: Partial<ObservedEvent> & { readonly id: number; readonly second?: number }) {
  const at = new Date(START + second * 1_000).toISOString();
  const event: ObservedEvent = {
    timestamp: at,
    source_app: 'shop',
    event_type: 'PreToolUse',
    created_at: at,
    ...given,
  };
  return event;
}
