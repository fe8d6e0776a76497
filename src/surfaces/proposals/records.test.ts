import { describe, expect, it } from 'vitest';
import { proposalEventSchema } from './events.ts';
import { isOfProposal, messageText, toLogEvent } from './records.ts';

const recordOf = (event: ReturnType<typeof toLogEvent>) => ({ ...event, seq: 4, at: 0, tag: 't' });

describe('a message', () => {
  it("is the spec's fields, then time and cursor", () => {
    const event = toLogEvent({ type: 'validation_start', proposal_id: 'alpha.one', actor: 'ann', run_id: 'r' });
    expect(event).toMatchObject({ type: 'proposals.validation_started', channel: 'proposals/alpha' });
    const text = messageText(recordOf(event), 'e.4.t');
    expect(text).toBe(
      '{"type":"validation_start","proposal_id":"alpha.one","actor":"ann","run_id":"r","at":"1970-01-01T00:00:00.000Z","cursor":"e.4.t"}',
    );
    expect(proposalEventSchema.safeParse(JSON.parse(text)).success).toBe(true);
  });

  it('of a file leaves out the content that the record keeps', () => {
    const changed = { type: 'file_changed', proposal_id: 'alpha.one', actor: null, path: 'a.md', etag: 'e' } as const;
    const record = recordOf(toLogEvent(changed, { bytes: 6, content: 'secret' }));
    expect(JSON.parse(record.body).version).toEqual({ bytes: 6, content: 'secret' });
    expect(JSON.parse(messageText(record, 'e.4.t'))).toEqual({
      ...changed,
      at: '1970-01-01T00:00:00.000Z',
      cursor: 'e.4.t',
    });
  });

  it('of a lock belongs to the project and to no proposal', () => {
    const event = toLogEvent({
      type: 'lock_changed',
      proposal_id: '',
      actor: 'ann',
      project_id: 'alpha',
      lock: null,
      reason: 'unlocked',
    });
    expect(event.channel).toBe('proposals/alpha');
    expect(isOfProposal(recordOf(event), 'alpha.one')).toBe(false);
  });

  it('is told apart from one of a proposal whose name begins the same', () => {
    const event = toLogEvent({ type: 'proposal_created', proposal_id: 'alpha.one-more', actor: 'ann', title: 'T' });
    expect([isOfProposal(recordOf(event), 'alpha.one'), isOfProposal(recordOf(event), 'alpha.one-more')]).toEqual([
      false,
      true,
    ]);
  });
});
