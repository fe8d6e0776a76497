import { expect, test } from 'vitest';
import { MillraceError } from '../../protocol/errors.ts';
import { ManualClock } from '../manual-clock.ts';
import { Journal } from './journal.ts';
import type { AppendResult, NewEvent } from './log.ts';

const event = (body: string): NewEvent => ({ type: 'test.said', channel: 'test', body });
const NOTHING: AppendResult = { records: [], repeated: 0 };

/** A log whose appends settle when the test says so. */
function slowLog() {
  const clock = new ManualClock();
  const appends: { readonly bodies: string[]; readonly settle: (error?: Error) => void }[] = [];
  const aborting = new AbortController();
  const log = {
    append(events: readonly NewEvent[]) {
      return new Promise<AppendResult>((resolve, reject) => {
        const settle = (error?: Error) => (error ? reject(error) : resolve(NOTHING));
        appends.push({ bodies: events.map(({ body }) => body), settle });
      });
    },
  };
  const journal = new Journal({ log, clock, signal: aborting.signal });
  const next = async (index: number) => {
    await expect.poll(() => appends.length, { interval: 1 }).toBeGreaterThan(index);
    const found = appends[index];
    if (!found) throw new Error('it was there just now');
    return found;
  };
  return { clock, journal, next, appends, aborting };
}

test('what is added during an append is stored together by the next, in order', async () => {
  const { journal, next } = slowLog();
  journal.add(event('1'));
  const first = await next(0);
  for (const body of ['2', '3']) journal.add(event(body));
  first.settle();
  const second = await next(1);
  expect([first.bodies, second.bodies]).toEqual([['1'], ['2', '3']]);
  second.settle();
  await journal.flush();
});

test('nothing follows the last', async () => {
  const { journal, next, appends } = slowLog();
  journal.add(event('1'));
  const closed = journal.close(event('last'));
  journal.add(event('late'));
  const first = await next(0);
  expect(first.bodies).toEqual(['1', 'last']);
  first.settle();
  await closed;
  expect(appends).toHaveLength(1);
});

test('whoever tells much waits while the log is slow', async () => {
  const { journal, next } = slowLog();
  journal.add(event('first'));
  const first = await next(0);
  for (let count = 0; count < 256; count += 1) journal.add(event(`${count}`));
  let isReady = false;
  const ready = journal.ready().then(() => {
    isReady = true;
  });
  await Promise.resolve();
  expect(isReady).toBe(false);
  first.settle();
  const second = await next(1);
  second.settle();
  await ready;
});

test('a log that is full is asked again, one that fails is not', async () => {
  const { clock, journal, next, appends } = slowLog();
  journal.add(event('1'));
  (await next(0)).settle(new MillraceError('too_many_requests', 'full'));
  const attempts = () => {
    clock.advance(200);
    return appends.length;
  };
  await expect.poll(attempts, { interval: 1 }).toBe(2);
  const again = await next(1);
  expect(again.bodies).toEqual(['1']);
  again.settle(new Error('broken'));
  await expect(journal.flush()).rejects.toThrow('broken');
  await expect(journal.ready()).rejects.toThrow('broken');
});

test('at the end of the server a log that refuses is not waited for', async () => {
  const { journal, next, aborting } = slowLog();
  journal.add(event('1'));
  aborting.abort();
  (await next(0)).settle(new MillraceError('log_unavailable', 'disk full'));
  await expect(journal.flush()).rejects.toThrow('disk full');
});
