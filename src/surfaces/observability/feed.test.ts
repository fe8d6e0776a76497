import { describe, expect, it } from 'vitest';
import { streamMessageSchema } from './events.ts';
import { streamFeed } from './feed.ts';
import { testSurface } from './testing/test-surface.ts';

describe('streamFeed', () => {
  it('sends what POST /events answered, with the cursor, as one line of JSON', async () => {
    await using surface = await testSurface();
    const event = {
      timestamp: '2025-10-21T10:30:45.123Z',
      source_app: 'shop',
      event_type: 'Stop',
      summary: 'a "quote"\nand a line',
    };
    const stored = await (await surface.post('/events', event)).json();
    const slice = await surface.log.read(0, 10);
    const first = slice.kind === 'records' ? slice.records[0] : undefined;
    if (!first) throw new Error('the event is not in the log');
    const view = streamFeed.open(new URLSearchParams('?cursor=latest&anything=else'));
    const message = view.encode(first, 'abc.1.t');
    expect(message).not.toMatch(/[\r\n]/);
    expect(streamMessageSchema.parse(JSON.parse(message))).toEqual({ type: 'event', data: stored, cursor: 'abc.1.t' });
    expect(view.eventType(first)).toBe('event');
    expect(view.includes(first)).toBe(true);
  });

  it('shows all clients the same view, and nothing of other surfaces', () => {
    const view = streamFeed.open(new URLSearchParams());
    expect(streamFeed.open(new URLSearchParams('source_app=x')).key).toBe(view.key);
    const other = { seq: 1, at: 1, type: 'messages.received', channel: 'messages', body: '{}', tag: 't' };
    expect(view.includes(other)).toBe(false);
  });
});
