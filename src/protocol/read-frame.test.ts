import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventMessageSchema, pageSchema, serverFrameSchema } from './frames.ts';
import { readEventMessage, readFrame, readPage } from './read-frame.ts';

const event = { type: 'event', cursor: 'e.1.t', data: { id: 1 } };
const valid: readonly Readonly<Record<string, unknown>>[] = [
  { type: 'hello', cursor: 'e.1.t', feed: 'x', heartbeatMs: 15_000 },
  { type: 'heartbeat', cursor: 'e.1.t', at: 'now' },
  { type: 'reset', reason: 'cursor_expired', cursor: 'e.1.t' },
  { type: 'batch', from: 'e.0.0', to: 'e.1.t', events: [event] },
  { type: 'pong', timestamp: 'now' },
  { type: 'heartbeat', cursor: 'e.1.t', at: 'now', queue_depth: 3 },
  { events: [event], from: 'e.0.0', cursor: 'e.1.t', upToDate: true },
  {
    events: [],
    from: 'e.0.0',
    cursor: 'e.1.t',
    upToDate: true,
    heartbeat: { type: 'heartbeat', cursor: 'e.1.t', at: '' },
  },
  event,
];

/** Valid ones, and valid ones with a member taken away, replaced or added. */
const anything = fc.oneof(
  fc.jsonValue(),
  fc
    .tuple(
      fc.constantFrom(...valid),
      fc.constantFrom(
        'type',
        'cursor',
        'from',
        'to',
        'events',
        'heartbeatMs',
        'reason',
        'at',
        'upToDate',
        'heartbeat',
        'extra',
      ),
      fc.oneof(
        fc.jsonValue(),
        fc.constantFrom(
          undefined,
          'batch',
          'hello',
          'reset',
          { type: 'heartbeat', cursor: 7 },
          [event],
          [{ ...event, cursor: 7 }],
          [null],
        ),
      ),
    )
    .map(([frame, name, value]) => ({ ...frame, [name]: value })),
  fc.constantFrom(...valid),
);

const outcome = <Value>(read: () => Value) => {
  try {
    return { value: read() };
  } catch {
    return 'refused';
  }
};

describe.each([
  { name: 'readFrame', read: readFrame, schema: serverFrameSchema },
  { name: 'readEventMessage', read: readEventMessage, schema: eventMessageSchema },
  { name: 'readPage', read: readPage, schema: pageSchema },
])('$name', ({ read, schema }) => {
  it('accepts, refuses and gives what the schema does', () => {
    fc.assert(
      fc.property(anything, (value) => {
        expect(outcome(() => read(value))).toEqual(outcome(() => schema.parse(value)));
      }),
      { numRuns: 2_000 },
    );
  });
});
