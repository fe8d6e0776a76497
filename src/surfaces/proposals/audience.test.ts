import { describe, expect, it } from 'vitest';
import { Audience } from './audience.ts';
import { toLogEvent } from './records.ts';
import { personOf, testSurface } from './testing/test-surface.ts';

const rob = personOf('rob', 'reviewer');
const ID = 'alpha.one';
const reviewers = (...names: string[]) =>
  toLogEvent({ type: 'reviewers_changed', proposal_id: ID, actor: 'ann', reviewers: names });
const created = toLogEvent({ type: 'proposal_created', proposal_id: ID, actor: 'ann', title: 'One' });

describe('the audience of a proposal', () => {
  it('is known to whoever is told of a commit before the audience is', async () => {
    await using system = await testSurface();
    const seen: boolean[] = [];
    // A feed listens earlier than the audience does, because it was there first.
    let audience: Audience | undefined;
    system.log.onCommit(() => seen.push(audience?.includes(rob, ID) ?? false));
    using own = new Audience(system.context);
    audience = own;
    await own.ready();
    await system.log.append([created]);
    await system.log.append([reviewers('rob')]);
    await system.log.append([reviewers()]);
    expect(seen).toEqual([false, true, false]);
  });

  it('is that of the log when it begins to listen, and is nobody before', async () => {
    await using system = await testSurface();
    await system.log.append([created, reviewers('rob')]);
    using audience = new Audience(system.context);
    expect(audience.includes(rob, ID)).toBe(false);
    expect(audience.includes(personOf('root', 'admin'), ID)).toBe(true);
    await audience.ready();
    expect([audience.includes(rob, ID), audience.includes(personOf('ann'), ID)]).toEqual([true, true]);
    expect(audience.visibleTo(rob, 'alpha')).toEqual([ID]);
    expect(audience.visibleTo(rob, 'alph')).toEqual([]);
    await system.log.append([created]);
    expect(audience.includes(rob, ID)).toBe(false);
  });
});
