import type { BodyFormat } from '../../engine/http/body-format.ts';
import { parseItems } from '../../engine/http/parse-items.ts';
import type { EventInput } from './event-input.ts';
import { parseEventInput } from './parse-event.ts';

/** What a body of `POST /events` holds. */
export type ParsedBody =
  | { readonly kind: 'single'; readonly shape: 'event' | 'hook-script'; readonly events: readonly [EventInput] }
  | { readonly kind: 'batch'; readonly events: readonly EventInput[] };

/** Checks every event of the body; throws `invalid_request` naming the first bad line or index. */
export function parseBody(text: string, format: BodyFormat, now: number): ParsedBody {
  const parsed = parseItems(text, format, (value) => {
    const input = parseEventInput(value, now);
    return input.ok ? { ok: true, item: input } : input;
  });
  if (parsed.kind === 'batch') return { kind: 'batch', events: parsed.items.map(({ event }) => event) };
  const { event, shape } = parsed.item;
  return { kind: 'single', shape, events: [event] };
}
