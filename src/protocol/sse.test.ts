import { createParser, type EventSourceMessage } from 'eventsource-parser';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeSse, encodeSseRetry, type SseEvent } from './sse.ts';

/** What a parser finds that is given these chunks. */
function parsed(chunks: readonly Uint8Array[]) {
  const events: EventSourceMessage[] = [];
  const retries: number[] = [];
  const errors: Error[] = [];
  const parser = createParser({
    onEvent: (event) => events.push(event),
    onRetry: (ms) => retries.push(ms),
    onError: (error) => errors.push(error),
  });
  const decoder = new TextDecoder();
  for (const chunk of chunks) parser.feed(decoder.decode(chunk, { stream: true }));
  return { events, retries, errors };
}

/** JSON in one line, with whatever a text may hold. */
const dataArbitrary = fc
  .oneof(fc.json(), fc.string({ unit: 'binary' }), fc.constantFrom('\u2028', '\u0085', '\ufeff', ':', ' ', '\\n', ''))
  .map((value) => JSON.stringify(value));
const nameArbitrary = fc.constantFrom('event', 'heartbeat', 'message', 'reconciliation.update', 'a:b', ' ');
const idArbitrary = fc.stringMatching(/^[a-z0-9]{1,8}\.[0-9]{1,8}\.[a-z0-9]{1,8}$/);
const eventArbitrary: fc.Arbitrary<SseEvent> = fc.oneof(
  fc.record({ event: nameArbitrary, id: idArbitrary, data: dataArbitrary }),
  fc.record({ event: nameArbitrary, data: dataArbitrary }),
);

describe('what encodeSse writes', () => {
  test('is read back as it was, at whichever byte it is cut', () => {
    let splits = 0;
    fc.assert(
      fc.property(fc.array(eventArbitrary, { minLength: 1, maxLength: 4 }), fc.nat(10_000), (events, retryMs) => {
        const text = encodeSseRetry(retryMs) + events.map(encodeSse).join('');
        const bytes = new TextEncoder().encode(text);
        const wanted = { events: events.map((event) => ({ id: undefined, ...event })), retries: [retryMs], errors: [] };
        for (let cut = 0; cut <= bytes.length; cut += 1) {
          expect(parsed([bytes.subarray(0, cut), bytes.subarray(cut)])).toEqual(wanted);
          splits += 1;
        }
        expect(parsed([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual(wanted);
      }),
      { numRuns: 100 },
    );
    console.log(`P15 SSE: ${splits} splits of 100 streams`);
  });

  test('holds an event without its end back', () => {
    const bytes = new TextEncoder().encode(encodeSse({ event: 'event', id: 'a.1.b', data: '{}' }));
    for (let end = 0; end < bytes.length; end += 1) expect(parsed([bytes.subarray(0, end)]).events).toEqual([]);
  });
});

describe('what could break the framing', () => {
  test.each([
    ['event', { event: 'a\nb', data: '{}' }],
    ['event', { event: 'a\rdata: forged', data: '{}' }],
    ['event', { event: 'a\0', data: '{}' }],
    ['id', { event: 'a', id: 'x\n\ndata: forged', data: '{}' }],
    ['id', { event: 'a', id: 'x\0', data: '{}' }],
    ['data', { event: 'a', data: '{}\n\nevent: forged' }],
    ['data', { event: 'a', data: '{}\r' }],
  ])('is refused in %s', (_, event) => {
    expect(() => encodeSse(event)).toThrow(RangeError);
  });
});
