import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_OPEN_CAUSES, OVERFLOW_CODE } from './alert-fold.ts';
import type { AlertRule, EventRule } from './alert-rules.ts';
import { MAX_CLEARED } from './projection.ts';
import { ALERT_CHANGED, ALERTS_EVALUATED } from './records.ts';
import { alertSystem } from './testing/alert-system.ts';

const text = { title: 'About {name}', message: 'It is {name}.', link: '/x/{name}', severity: 'warning' } as const;
const once: EventRule = {
  ...text,
  kind: 'event',
  code: 'once',
  cause: '{name}',
  when: [{ type: 't.bad' }, { type: 't.worse', severity: 'critical' }],
  clear: [{ type: 't.good' }],
};
const windowed: EventRule = {
  ...text,
  kind: 'event',
  code: 'windowed',
  cause: '{name}',
  when: [{ type: 't.slow', where: [{ path: 'ms', op: 'gt', value: 10 }] }],
  count: 3,
  windowMs: 60_000,
  clearAfterMs: 120_000,
};
const inARow: EventRule = {
  ...text,
  kind: 'event',
  code: 'in-a-row',
  cause: '{name}',
  when: [{ type: 't.failed' }],
  count: 3,
  clear: [{ type: 't.done' }],
};
const RULES: readonly AlertRule[] = [once, windowed, inARow];

describe('an alert', () => {
  it('is raised once for a cause, moves on, and is cleared', async () => {
    await using system = alertSystem(RULES);
    await system.settle();
    await system.append('t.bad', { name: 'a' });
    await system.settle();
    const [raised] = await system.open();
    expect(raised).toEqual({
      id: 'once-1',
      code: 'once',
      cause: 'a',
      severity: 'warning',
      state: 'raised',
      title: 'About a',
      message: 'It is a.',
      link: '/x/a',
      count: 1,
      raised_at: new Date(system.clock.now()).toISOString(),
      last_at: new Date(system.clock.now()).toISOString(),
      cleared_at: null,
      acknowledged_at: null,
      acknowledged_by: null,
    });
    await system.append('t.worse', { name: 'a' }, { name: 'a' }, { other: 1 }, { name: 'b' });
    await system.pass(2);
    expect(await system.open()).toMatchObject([
      { cause: 'b', count: 1 },
      { cause: 'a', id: raised?.id, count: 3, severity: 'critical', raised_at: raised?.raised_at },
    ]);
    await system.append('t.good', { name: 'a' });
    await system.settle();
    expect(await system.open()).toMatchObject([{ cause: 'b' }]);
    expect(await system.cleared()).toMatchObject([{ id: raised?.id, cause: 'a', count: 3, state: 'cleared' }]);
    await system.append('t.bad', { name: 'a' });
    await system.settle();
    expect((await system.open())[0]).toMatchObject({ cause: 'a', count: 1, acknowledged_at: null });
    expect((await system.open())[0]?.id).not.toBe(raised?.id);
  });

  it('is told of at most once a second while its count grows', async () => {
    await using system = alertSystem(RULES);
    await system.settle();
    for (let tenth = 0; tenth < 30; tenth += 1) {
      await system.append('t.bad', { name: 'a' });
      await system.settle();
      system.clock.advance(100);
    }
    await system.pass(2);
    expect((await system.open())[0]?.count).toBe(30);
    const told = await system.told();
    expect(told.length).toBeGreaterThanOrEqual(4);
    expect(told.length).toBeLessThanOrEqual(5);
  });

  it('takes as many as its rule says, within its window', async () => {
    await using system = alertSystem(RULES);
    for (const seconds of [0, 30, 40]) {
      await system.pass(seconds);
      await system.append('t.slow', { name: 'a', ms: 11 }, { name: 'b', ms: 10 });
    }
    await system.settle();
    // 0 s, 30 s and 70 s: never three within a minute.
    expect(await system.open()).toEqual([]);
    await system.pass(10);
    await system.append('t.slow', { name: 'a', ms: 12 });
    await system.settle();
    expect(await system.open()).toMatchObject([{ code: 'windowed', cause: 'a', count: 3 }]);
    await system.pass(119);
    expect(await system.open()).toHaveLength(1);
    await system.pass(2);
    expect(await system.open()).toEqual([]);
    const [{ last_at, cleared_at } = { last_at: '', cleared_at: '' }] = await system.cleared();
    expect(Date.parse(`${cleared_at}`) - Date.parse(last_at)).toBe(120_000);
  });

  it('of failures in a row begins anew after a success', async () => {
    await using system = alertSystem(RULES);
    await system.append('t.failed', { name: 'a' }, { name: 'a' });
    await system.append('t.done', { name: 'a' });
    await system.append('t.failed', { name: 'a' }, { name: 'a' }, { name: 'b' });
    await system.settle();
    expect(await system.open()).toEqual([]);
    await system.append('t.failed', { name: 'a' });
    await system.settle();
    expect(await system.open()).toMatchObject([{ code: 'in-a-row', cause: 'a', count: 3 }]);
    await system.append('t.done', { name: 'a' });
    await system.settle();
    expect(await system.open()).toEqual([]);
  });

  it('is never raised by records of alerts, nor by a body that is no object', async () => {
    const loop: EventRule = { ...once, code: 'loop', cause: '{code}', when: [{ type: ALERT_CHANGED }] };
    await using system = alertSystem([once, loop]);
    await system.append('t.bad', { name: 'a' });
    await system.log.append([{ type: 't.bad', channel: 'test', body: '[1]' }]);
    await system.pass(3);
    expect((await system.open()).map(({ code }) => code)).toEqual(['once']);
  });
});

describe('bounds', () => {
  it('one alert says that more than 1,000 causes of a rule are open, for as long as they are', async () => {
    await using system = alertSystem(RULES);
    await system.settle();
    const names = Array.from({ length: MAX_OPEN_CAUSES + 5 }, (_, index) => ({ name: `n${index}` }));
    await system.append('t.bad', ...names);
    await system.pass(5);
    const open = await system.open();
    expect(open).toHaveLength(MAX_OPEN_CAUSES + 1);
    expect(open.filter(({ code }) => code === OVERFLOW_CODE)).toMatchObject([{ cause: 'once', count: 5 }]);
    await system.append('t.good', { name: 'n3' });
    await system.pass(2);
    expect((await system.open()).filter(({ code }) => code === OVERFLOW_CODE)).toEqual([]);
    expect(await system.open()).toHaveLength(MAX_OPEN_CAUSES - 1);
  });

  it('keeps the newest 1,000 cleared ones', async () => {
    await using system = alertSystem(RULES);
    await system.settle();
    for (let round = 0; round < 11; round += 1) {
      const names = Array.from({ length: 100 }, (_, index) => ({ name: `${round}-${index}` }));
      await system.append('t.bad', ...names);
      await system.append('t.good', ...names);
      await system.settle();
    }
    await system.append('t.bad', { name: 'open' });
    await system.pass(2);
    const cleared = await system.cleared();
    expect(cleared).toHaveLength(MAX_CLEARED);
    expect(cleared.some(({ cause }) => cause.startsWith('0-'))).toBe(false);
    expect(await system.open()).toHaveLength(1);
  });
});

describe('after a restart', () => {
  it('what is raised is not raised again, and what came meanwhile is not missed', async () => {
    await using system = alertSystem(RULES);
    await system.append('t.bad', { name: 'a' }, { name: 'b' });
    await system.append('t.failed', { name: 'c' }, { name: 'c' });
    await system.settle();
    const before = await system.open();
    await system.restart();
    await system.pass(3);
    expect(await system.open()).toEqual(before);
    expect(await system.told()).toHaveLength(2);
    await system.restart(async () => {
      await system.append('t.good', { name: 'a' });
      await system.append('t.bad', { name: 'b' }, { name: 'd' }, { name: 'e' });
      await system.append('t.failed', { name: 'c' });
      await system.append('t.good', { name: 'e' });
    });
    await system.pass(3);
    expect(await system.open()).toMatchObject([
      { code: 'in-a-row', cause: 'c', count: 3 },
      { cause: 'd', count: 1 },
      { cause: 'b', count: 2, id: before.find(({ cause }) => cause === 'b')?.id },
    ]);
    expect((await system.cleared()).map(({ cause }) => cause).toSorted()).toEqual(['a', 'e']);
  });

  it('it goes on from the stored position, with what was counted by then', async () => {
    await using system = alertSystem(RULES, { storePositionEvery: 10 });
    await system.append('t.failed', { name: 'c' }, { name: 'c' });
    await system.append('t.other', ...Array.from({ length: 20 }, () => ({})));
    await system.settle();
    const stored = system.database.prepare('SELECT through_seq FROM ops_alert_position').get();
    expect(stored).toEqual({ through_seq: 22 });
    const reads: number[] = [];
    const { read } = system.log;
    await system.restart(async () => {
      await system.append('t.failed', { name: 'c' });
      system.log.read = (after, limit) => {
        reads.push(after);
        return read(after, limit);
      };
    });
    await system.settle();
    expect(Math.min(...reads)).toBe(22);
    expect(await system.open()).toMatchObject([{ code: 'in-a-row', cause: 'c', count: 3 }]);
  });

  it('alerts of a rule that is no more are cleared', async () => {
    const rules = [...RULES];
    await using system = alertSystem(rules);
    await system.append('t.bad', { name: 'a' });
    await system.settle();
    await system.restart(() => rules.shift());
    await system.settle();
    expect(await system.open()).toEqual([]);
    expect(await system.cleared()).toMatchObject([{ code: 'once' }]);
    // What came before is over also when the rule is there again.
    await system.restart(() => rules.unshift(once));
    await system.pass(2);
    expect(system.unrecorded()).toEqual([]);
    await system.append('t.bad', { name: 'a' });
    await system.pass(2);
    expect(await system.open()).toMatchObject([{ code: 'once', cause: 'a', count: 1 }]);
  });

  it('it looks no further back than retention, and keeps what was open', async () => {
    await using system = alertSystem(RULES);
    await system.append('t.bad', { name: 'a' });
    await system.settle();
    await system.append('t.other', ...Array.from({ length: 50 }, () => ({})));
    await system.restart(() => system.keepOnly(5));
    await system.append('t.bad', { name: 'a' });
    await system.pass(2);
    expect(await system.open()).toMatchObject([{ cause: 'a', count: 2 }]);
  });
});

describe('a log that refuses', () => {
  it('is told everything that matters once it takes writes, and alerts are known meanwhile', async () => {
    await using system = alertSystem(RULES);
    await system.append('t.bad', { name: 'a' });
    system.refuse('disk full');
    await system.settle();
    expect(await system.open()).toEqual([]);
    expect((await system.call('GET', '/api/alerts')).body.alerts).toMatchObject([{ cause: 'a', state: 'raised' }]);
    expect((await system.call('GET', '/api/alerts?severity=info')).body.alerts).toEqual([]);
    system.refuse(undefined);
    await system.pass(3);
    expect(await system.open()).toMatchObject([{ cause: 'a', count: 1 }]);
    expect(await system.told()).toHaveLength(1);
  });
});

describe('the open alerts', () => {
  const names = ['x', 'y'] as const;
  const record = fc.record({
    kind: fc.constant('record' as const),
    type: fc.constantFrom('t.bad', 't.worse', 't.good', 't.slow', 't.failed', 't.done', 't.other'),
    name: fc.constantFrom(...names),
    ms: fc.constantFrom(5, 20),
  });
  const step = fc.oneof(
    { weight: 8, arbitrary: record },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.constantFrom(300, 20_000, 130_000) }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('restart' as const) }) },
    // Whatever is under way: nothing was waited for.
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('crash' as const) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('settle' as const) }) },
  );

  it('are those of a plain fold over the records, whatever the restart points', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 40, size: 'max' }),
        fc.constantFrom(3, 1_000),
        async (steps, storePositionEvery) => {
          await using system = alertSystem(RULES, { storePositionEvery });
          const plain = new PlainFold();
          for (const one of steps) {
            if (one.kind === 'record') {
              const { type, name, ms } = one;
              await system.append(type, { name, ms });
              plain.apply(type, { name, ms, at: system.clock.now() });
            } else if (one.kind === 'pass') {
              await system.settle();
              system.clock.advance(one.ms);
            } else if (one.kind === 'settle') {
              await system.settle();
            } else {
              if (one.kind === 'restart') await system.settle();
              await system.restart();
            }
          }
          await system.pass(3);
          plain.expire(system.clock.now());
          const open = (await system.open()).map(({ code, cause, count, last_at, raised_at }) => {
            return { code, cause, count, raised_at: Date.parse(raised_at), last_at: Date.parse(last_at) };
          });
          const order = ({ code, cause }: { code: string; cause: string }) => `${code} ${cause}`;
          open.sort((a, b) => order(a).localeCompare(order(b)));
          expect(open).toEqual(plain.open().toSorted((a, b) => order(a).localeCompare(order(b))));
          const slice = await system.log.read(0, 100_000);
          const own = slice.kind === 'records' ? slice.records.filter(({ type }) => type === ALERTS_EVALUATED) : [];
          if (storePositionEvery === 1_000) expect(own).toEqual([]);
        },
      ),
      { numRuns: 60 },
    );
  });
});

interface PlainAlert {
  readonly code: string;
  readonly cause: string;
  readonly raised_at: number;
  count: number;
  last_at: number;
}

/** The three rules, written out by hand. */
class PlainFold {
  readonly #alerts = new Map<string, PlainAlert>();
  readonly #slow = new Map<string, number[]>();
  readonly #failed = new Map<string, number>();

  open(): PlainAlert[] {
    return [...this.#alerts.values()];
  }

  expire(now: number): void {
    for (const [key, { code, last_at }] of this.#alerts) {
      if (code === 'windowed' && last_at + 120_000 <= now) this.#alerts.delete(key);
    }
  }

  apply(type: string, { name, ms, at }: { name: string; ms: number; at: number }): void {
    this.expire(at);
    if (type === 't.bad' || type === 't.worse') this.#hit('once', name, { at, found: 1 });
    if (type === 't.good') this.#alerts.delete(`once ${name}`);
    if (type === 't.slow' && ms > 10) {
      const times = [...(this.#slow.get(name) ?? []), at].filter((time) => at - time < 60_000).slice(-3);
      this.#slow.set(name, times);
      this.#hit('windowed', name, { at, found: times.length === 3 ? 3 : 0 });
    }
    if (type === 't.failed') {
      const count = (this.#failed.get(name) ?? 0) + 1;
      this.#failed.set(name, count);
      this.#hit('in-a-row', name, { at, found: count >= 3 ? 3 : 0 });
    }
    if (type === 't.done') {
      this.#failed.delete(name);
      this.#alerts.delete(`in-a-row ${name}`);
    }
  }

  /** `found` 0: too few yet to raise one. */
  #hit(code: string, cause: string, { at, found }: { at: number; found: number }): void {
    const key = `${code} ${cause}`;
    const open = this.#alerts.get(key);
    if (open) {
      open.count += 1;
      open.last_at = at;
    } else if (found > 0) this.#alerts.set(key, { code, cause, count: found, raised_at: at, last_at: at });
  }
}
