import { describe, expect, it } from 'vitest';
import { LOCK_MS } from './lock-routes.ts';
import { personOf, testSurface } from './testing/test-surface.ts';

const ann = personOf('ann', 'author');
const bob = personOf('bob', 'author');
const LOCK = '/api/v1/projects/alpha/lock';

type System = Awaited<ReturnType<typeof testSurface>>;

async function lockEvents(system: System): Promise<unknown[]> {
  return (await system.records())
    .filter(({ type }) => type === 'proposals.lock_changed')
    .map(({ body }) => {
      const { actor, reason, lock } = JSON.parse(body);
      return [actor, reason, lock?.holder ?? null];
    });
}

/** Lets the watch look at the clock until it has told what it found. */
async function expectEvents(system: System, events: unknown[]): Promise<void> {
  await expect
    .poll(
      () => {
        system.clock.advance(1_000);
        return lockEvents(system);
      },
      { interval: 5 },
    )
    .toEqual(events);
}

async function withProject(options = {}) {
  const system = await testSurface(options);
  system.plant('alpha/openspec/changes/one/proposal.md', '# One\n');
  return system;
}

describe('a lock', () => {
  it('ends after 30 minutes by the server clock, once, and everybody may lock again', async () => {
    await using system = await withProject();
    await using _background = system.start();
    expect((await system.call(ann, 'POST', LOCK)).status).toBe(200);
    system.clock.advance(LOCK_MS - 60_000);
    expect((await system.call(bob, 'POST', LOCK)).status).toBe(409);
    system.clock.advance(59_999);
    expect((await system.call(bob, 'POST', LOCK)).status).toBe(409);
    await expectEvents(system, [
      ['ann', 'locked', 'ann'],
      [null, 'expired', null],
    ]);
    system.clock.advance(LOCK_MS);
    await system.call(bob, 'POST', LOCK);
    expect((await lockEvents(system)).at(-1)).toEqual(['bob', 'locked', 'bob']);
    expect(await lockEvents(system)).toHaveLength(3);
  });

  it('is over at its end also before that was recorded', async () => {
    await using system = await withProject();
    await system.call(ann, 'POST', LOCK);
    system.clock.advance(LOCK_MS);
    expect((await system.call(bob, 'GET', '/api/v1/projects/alpha')).body.lock).toBeNull();
    expect((await system.call(bob, 'GET', '/api/v1/proposals/alpha.one')).body.hindrances).not.toHaveProperty('edit');
    expect((await system.call(bob, 'POST', LOCK)).body.lock.holder).toBe('bob');
    expect(await lockEvents(system)).toEqual([
      ['ann', 'locked', 'ann'],
      ['bob', 'locked', 'bob'],
    ]);
  });

  it('is prolonged by its holder, who goes on holding it', async () => {
    await using system = await withProject();
    await using _background = system.start();
    const { since } = (await system.call(ann, 'POST', LOCK)).body.lock;
    system.clock.advance(LOCK_MS - 1_000);
    expect((await system.call(ann, 'POST', LOCK)).body.lock.since).toBe(since);
    system.clock.advance(LOCK_MS - 1_000);
    expect((await system.call(bob, 'POST', LOCK)).status).toBe(409);
    await expectEvents(system, [
      ['ann', 'locked', 'ann'],
      ['ann', 'locked', 'ann'],
      [null, 'expired', null],
    ]);
  });

  it('that ended while the server was down is told of at the next start', async () => {
    await using first = await withProject();
    const { folder, clock } = first;
    await first.call(ann, 'POST', LOCK);
    await first.log[Symbol.asyncDispose]();
    clock.advance(LOCK_MS + 1_000);
    await using second = await testSurface({ folder, clock });
    await using _background = second.start();
    await expectEvents(second, [
      ['ann', 'locked', 'ann'],
      [null, 'expired', null],
    ]);
  });

  it('ends by the wall clock, also when that was set while it was held', async () => {
    await using system = await withProject();
    await using _background = system.start();
    await system.call(ann, 'POST', LOCK);
    system.clock.jumpWallClock(LOCK_MS);
    await expectEvents(system, [
      ['ann', 'locked', 'ann'],
      [null, 'expired', null],
    ]);
  });
});
