import { expect, it } from 'vitest';
import { Turns } from './turns.ts';

function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

it('runs the actions of one key one after another, and those of others meanwhile', async () => {
  const turns = new Turns();
  const { opened, open } = gate();
  const seen: string[] = [];
  const first = turns.take('a', async () => {
    await opened;
    seen.push('a1');
  });
  const second = turns.take('a', async () => void seen.push('a2'));
  await turns.take('b', async () => void seen.push('b'));
  expect(seen).toEqual(['b']);
  open();
  await Promise.all([first, second]);
  expect(seen).toEqual(['b', 'a1', 'a2']);
});

it('goes on after an action that failed', async () => {
  const turns = new Turns();
  const failing = turns.take('a', () => Promise.reject(new Error('no')));
  const next = turns.take('a', async () => 'done');
  await expect(failing).rejects.toThrow('no');
  expect(await next).toBe('done');
});

it('refuses an action when too many wait, and takes one again afterwards', async () => {
  const turns = new Turns(1);
  const { opened, open } = gate();
  const first = turns.take('a', () => opened);
  await expect(turns.take('b', async () => {})).rejects.toMatchObject({ code: 'too_many_requests', retryAfterS: 1 });
  open();
  await first;
  expect(await turns.take('b', async () => 'taken')).toBe('taken');
});
