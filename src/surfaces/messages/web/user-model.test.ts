import { expect, test } from 'vitest';
import type { LiveMessage, Message, UserDetail } from '../events.ts';
import { createUserModel, REREAD_MS, USER_MESSAGES } from './user-model.ts';

const cursor = (seq: number) => `e.${seq}.t${seq}`;
const never = new AbortController().signal;

function message(seq: number, second = seq): Message {
  const at = new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
  return { id: `mr-${seq}`, seq, channel: '#a', user: 'ada', text: `m${seq}`, sent_at: at, received_at: at };
}

const posted = (seq: number, second?: number): LiveMessage => ({
  type: 'message',
  ...message(seq, second),
  cursor: cursor(seq),
});

function summary(message_count: number, channels = [{ channel: '#a', message_count }]) {
  return { user: 'ada', message_count, first_message_at: null, last_message_at: null, activity: [], channels };
}

function row(seq: number, count: number, change: Partial<Extract<LiveMessage, { type: 'user' }>> = {}): LiveMessage {
  return { type: 'user', ...summary(count), cursor: cursor(seq), as_of: cursor(seq), ...change };
}

function scene(first: UserDetail | undefined | Error) {
  let answer = first;
  let reads = 0;
  const painted = new Set<() => void>();
  const timers = new Set<() => void>();
  const model = createUserModel({
    now: () => 0,
    async read() {
      reads += 1;
      if (answer instanceof Error) throw answer;
      return answer;
    },
    frames(action) {
      painted.add(action);
      return () => painted.delete(action);
    },
    schedule(delayMs, action) {
      expect(delayMs).toBe(REREAD_MS);
      timers.add(action);
      return () => timers.delete(action);
    },
  });
  const run = (actions: Set<() => void>) => {
    for (const action of [...actions]) {
      actions.delete(action);
      action();
    }
  };
  return {
    model,
    timers,
    reads: () => reads,
    answerWith(next: UserDetail | undefined | Error) {
      answer = next;
    },
    paint: () => run(painted),
    due: () => run(timers),
    seqs: () => model.view().messages.map(({ seq }) => seq),
  };
}

const detail = (seq: number, count: number, seqs: readonly number[]): UserDetail => ({
  ...summary(count),
  messages: [...seqs].reverse().map((each) => message(each)),
  cursor: cursor(seq),
});

test('messages are shown in the order they were sent, each once, the newest last', async () => {
  const { model, paint, seqs } = scene(detail(10, 3, [7, 8, 10]));
  expect(await model.loadSnapshot(never)).toBe(cursor(10));
  expect(seqs()).toEqual([7, 8, 10]);
  model.receive([posted(12), posted(10), posted(11, 8), row(12, 5)]);
  paint();
  expect(seqs()).toEqual([7, 8, 11, 10, 12]);
  expect(model.view().figures).toMatchObject({ message_count: 5, asOf: 12 });
});

test('a burst is folded in once per frame, and the list stays bounded', async () => {
  const { model, paint, seqs } = scene(detail(1, 1, [1]));
  await model.loadSnapshot(never);
  let shown = 0;
  model.subscribe(() => {
    shown += 1;
  });
  for (let seq = 2; seq < 900; seq += 1) model.receive([posted(seq)]);
  expect(shown).toBe(0);
  paint();
  expect(shown).toBe(1);
  expect(seqs().length).toBeLessThanOrEqual(USER_MESSAGES);
  expect(seqs().at(-1)).toBe(899);
});

test('a row that is older than what is known changes nothing', async () => {
  const { model, paint } = scene(detail(10, 3, []));
  await model.loadSnapshot(never);
  model.receive([row(9, 2), row(10, 4)]);
  paint();
  expect(model.view().figures).toMatchObject({ message_count: 3 });
});

test('an unknown user is said to be unknown, and found when there is one', async () => {
  const { model, answerWith } = scene(undefined);
  await expect(model.loadSnapshot(never)).rejects.toThrow('no such user');
  expect(model.view().phase).toBe('unknown');
  answerWith(detail(10, 1, [10]));
  await model.loadSnapshot(never);
  expect(model.view()).toMatchObject({ phase: 'ready', figures: { message_count: 1 } });
});

test('a user who is deleted while shown stays with what was seen, also where the server knows none', async () => {
  const { model, paint, seqs, answerWith } = scene(detail(10, 2, [9, 10]));
  await model.loadSnapshot(never);
  model.receive([row(11, 0, { unavailable: 'keep', channels: [] })]);
  paint();
  expect(model.view()).toMatchObject({ phase: 'ready', unavailable: 'keep', figures: { message_count: 2 } });
  answerWith(undefined);
  await model.refresh();
  expect(model.view()).toMatchObject({ phase: 'ready', unavailable: 'keep' });
  expect(seqs()).toEqual([9, 10]);
});

test('a deleted user who is there again in another log is shown from that log alone', async () => {
  const { model, paint, seqs, answerWith } = scene(detail(10, 2, [9, 10]));
  await model.loadSnapshot(never);
  model.receive([row(11, 0, { unavailable: 'delete', channels: [] })]);
  paint();
  answerWith(detail(3, 1, [3]));
  model.welcome();
  await expect.poll(seqs).toEqual([3]);
  expect(model.view()).toMatchObject({ unavailable: undefined, figures: { message_count: 1, asOf: 3 } });
});

test('a deleted user who posts again is read anew', async () => {
  const { model, paint, due, seqs, answerWith } = scene(detail(10, 2, [9, 10]));
  await model.loadSnapshot(never);
  model.receive([row(11, 0, { unavailable: 'delete', channels: [] })]);
  paint();
  model.receive([posted(12), row(12, 1)]);
  paint();
  expect(model.view()).toMatchObject({ unavailable: undefined, figures: { message_count: 1 } });
  answerWith(detail(12, 1, [12]));
  due();
  await expect.poll(seqs).toEqual([12]);
});

test('messages that were deleted with their channel leave the page', async () => {
  const { model, paint, due, reads, seqs, answerWith, timers } = scene(detail(10, 3, [8, 9, 10]));
  await model.loadSnapshot(never);
  model.receive([row(11, 1), row(12, 1)]);
  paint();
  expect(timers.size).toBe(1);
  answerWith(detail(11, 1, [10]));
  model.receive([posted(12)]);
  due();
  await expect.poll(seqs).toEqual([10, 12]);
  expect(reads()).toBe(2);
});

test('what cannot be loaded says why', async () => {
  const { model } = scene(new Error('The server answered 500.'));
  await expect(model.loadSnapshot(never)).rejects.toThrow('500');
  expect(model.view()).toMatchObject({ phase: 'failed', failure: { error: { message: 'The server answered 500.' } } });
});
