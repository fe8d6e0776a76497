import { describe, expect, it } from 'vitest';
import { createLiveModel, REREAD_MS } from './live-model.ts';
import { deferred } from './testing/deferred.ts';

interface Numbers {
  readonly cursor: string;
  readonly numbers: readonly number[];
}

const at = (seq: number) => `log.${seq}.t`;
const state = (seq: number, ...numbers: number[]): Numbers => ({ cursor: at(seq), numbers });
const event = (seq: number) => ({ cursor: at(seq), number: seq });

/** A model whose answers are given by hand, and whose timers run when they are told to. */
function scene(isIncomplete: (event: { number: number }) => boolean = () => false) {
  const answers: ReturnType<typeof deferred<Numbers>>[] = [];
  const timers: { delayMs: number; run: () => void }[] = [];
  const model = createLiveModel<Numbers, ReturnType<typeof event>>({
    read: () => {
      const answer = deferred<Numbers>();
      answers.push(answer);
      return answer.promise;
    },
    update: (known, { number }) => (number === 0 ? known : { ...known, numbers: [...known.numbers, number] }),
    isIncomplete,
    schedule(delayMs, run) {
      const timer = { delayMs, run };
      timers.push(timer);
      return () => timers.splice(timers.indexOf(timer), 1);
    },
    now: () => 42,
  });
  return { model, answers, timers, shown: () => model.view().state?.numbers };
}

describe('a live model', () => {
  it('continues what it read with the events after it, each once', async () => {
    const { model, answers, shown } = scene();
    const loaded = model.loadSnapshot(new AbortController().signal);
    answers[0]?.resolve(state(5, 1));
    expect(await loaded).toBe(at(5));
    model.receive([event(5), event(6)]);
    model.receive([event(6), event(7)]);
    expect(shown()).toEqual([1, 6, 7]);
  });

  it('applies what came during a read to the answer, if the answer does not hold it', async () => {
    const { model, answers, shown } = scene();
    const first = model.loadSnapshot(new AbortController().signal);
    answers[0]?.resolve(state(5));
    await first;
    const second = model.refresh();
    model.receive([event(6), event(7)]);
    expect(shown()).toEqual([6, 7]);
    answers[1]?.resolve(state(6, 60));
    await second;
    expect(shown()).toEqual([60, 7]);
  });

  it('reads again once after events that say too little', async () => {
    const { model, answers, timers } = scene(({ number }) => number > 6);
    const first = model.loadSnapshot(new AbortController().signal);
    answers[0]?.resolve(state(5));
    await first;
    model.receive([event(6)]);
    expect(timers).toHaveLength(0);
    model.receive([event(7), event(8)]);
    model.receive([event(9)]);
    expect(timers.map(({ delayMs }) => delayMs)).toEqual([REREAD_MS]);
    timers[0]?.run();
    expect(answers).toHaveLength(2);
  });

  it('keeps what it shows when it cannot be read again, and says why', async () => {
    const { model, answers, shown } = scene();
    const first = model.loadSnapshot(new AbortController().signal);
    answers[0]?.resolve(state(5, 1));
    await first;
    const second = model.refresh();
    answers[1]?.reject(new Error('gone'));
    await second;
    expect(shown()).toEqual([1]);
    expect(model.view()).toMatchObject({ failure: { error: { message: 'gone' }, at: 42 }, isLoading: false });
    const third = model.refresh();
    answers[2]?.resolve(state(6, 2));
    await third;
    expect(model.view()).toMatchObject({ failure: undefined, state: { numbers: [2] } });
  });

  it('tells nobody of events that change nothing, and takes what was read beside it', async () => {
    const { model, answers, shown } = scene();
    const first = model.loadSnapshot(new AbortController().signal);
    answers[0]?.resolve(state(5, 1));
    await first;
    let told = 0;
    model.subscribe(() => {
      told += 1;
    });
    model.receive([{ cursor: at(6), number: 0 }]);
    expect(told).toBe(0);
    model.amend((known) => ({ ...known, numbers: [...known.numbers, 99] }));
    expect([told, shown()]).toEqual([1, [1, 99]]);
  });

  it('counts events of another log as news', async () => {
    const { model, answers, shown } = scene();
    const first = model.loadSnapshot(new AbortController().signal);
    answers[0]?.resolve(state(5));
    await first;
    model.receive([{ cursor: 'other.1.t', number: 1 }]);
    expect(shown()).toEqual([1]);
  });
});
