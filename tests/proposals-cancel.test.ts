import { existsSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DevModel, startDevModel } from '../src/cli/dev-model/dev-model.ts';
import type { Log } from '../src/engine/log/log.ts';
import { type RunsSystem, runsSystem } from '../src/surfaces/proposals/testing/runs-system.ts';

// specs/002 "Stream iteration cancelled", at every moment: real log, real files, the scripted model over real HTTP.

const CANCELS = 100;
const ONE = 'alpha.one';
const ANN = { actor: 'ann' };
const SPEC = 'specs/scripted/spec.md';

let model: DevModel;
beforeAll(async () => {
  model = await startDevModel({ delayMs: 2, slowDelayMs: 50 });
});
afterAll(async () => {
  await model[Symbol.asyncDispose]();
});

const options = () => ({ model: { baseUrl: model.url, model: 'scripted' }, validator: ['/bin/true'] });
const start = (system: RunsSystem, instructions: string, more = {}) =>
  system.runs.iterations.start(ONE, { ...ANN, instructions, ...more });

/** A small seeded generator, so that a failure can be run again. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Lets this many turns of the event loop pass. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise(setImmediate);
}

describe('Stream iteration cancelled', () => {
  test(`${CANCELS} cancellations at random moments: after iteration_cancelled no token, and no file written`, async () => {
    const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
    const random = randomOf(seed);
    await using system = await runsSystem(options());
    const outcomes = { cancelled: 0, complete: 0 };
    for (let count = 0; count < CANCELS; count += 1) {
      rmSync(system.path('one', SPEC), { force: true });
      const iterationId = await start(system, 'valid');
      const ended = system.runs.iterations.whenEnded(iterationId);
      // From at once to after the end: by what was told of it, then some turns more.
      const head = system.log.head().seq + Math.floor(random() * 10);
      await expect
        .poll(async () => system.log.head().seq >= head || (await isOver(system, iterationId)), { interval: 1 })
        .toBe(true);
      await turns(Math.floor(random() * 20));
      const cancelled = await system.runs.iterations.cancel(ONE, { actor: 'bob' }).catch((error) => error.code);
      const end = await ended;
      const told = (await system.events(ONE)).filter((event) => event.iteration_id === iterationId);
      const types = told.map(({ type }) => type);
      const where = `seed ${seed}, cancellation ${count}: ${types.join(' ')}`;
      const isCancelled = types.includes('iteration_cancelled');
      outcomes[isCancelled ? 'cancelled' : 'complete'] += 1;
      expect(types.at(-1), where).toBe(isCancelled ? 'iteration_cancelled' : 'iteration_complete');
      expect(
        types.filter((type) => /^iteration_(?!start)/.test(type)),
        where,
      ).toHaveLength(1);
      expect(existsSync(system.path('one', SPEC)), where).toBe(!isCancelled);
      // Whoever cancels is told the truth.
      expect(cancelled, where).toBe(isCancelled ? iterationId : 'conflict');
      if (end) expect(end.kind, where).toBe(isCancelled ? 'cancelled' : 'complete');
    }
    await expect.poll(() => model.open).toBe(0);
    console.log(JSON.stringify({ seed, cancellations: CANCELS, ...outcomes }));
    // Not vacuous: many came early enough.
    expect(outcomes.cancelled).toBeGreaterThan(10);
  });

  test('one that comes while it is being decided whether to write keeps everything out of the files', async () => {
    await using system = await runsSystem(options());
    let cancelling: Promise<string> | undefined;
    const assertMayWrite = async () => {
      cancelling = system.runs.iterations.cancel(ONE, { actor: 'bob' });
    };
    const iterationId = await start(system, 'valid', { assertMayWrite });
    await system.runs.iterations.whenEnded(iterationId);
    expect(await cancelling).toBe(iterationId);
    expect(existsSync(system.path('one', SPEC))).toBe(false);
    expect((await system.events(ONE)).at(-1)).toMatchObject({ type: 'iteration_cancelled', actor: 'bob' });
  });

  test('one that comes while the files are being written is refused, and the iteration is completed', async () => {
    let refused: Promise<string> | undefined;
    let cancel = (): Promise<string> => Promise.resolve('');
    const wrapLog = (log: Log): Log =>
      Object.assign(Object.create(log), {
        append: (...args: Parameters<Log['append']>) => {
          const isWriting = args[0].some(({ type }) => type === 'proposals.file_changed');
          if (isWriting) refused = cancel().catch((error) => error.code);
          return log.append(...args);
        },
      });
    await using system = await runsSystem({ ...options(), wrapLog });
    cancel = () => system.runs.iterations.cancel(ONE, { actor: 'bob' });
    const iterationId = await start(system, 'valid');
    await system.runs.iterations.whenEnded(iterationId);
    expect(await refused).toBe('conflict');
    expect(existsSync(system.path('one', SPEC))).toBe(true);
    expect((await system.events(ONE)).at(-1)).toMatchObject({ type: 'iteration_complete', files_modified: [SPEC] });
  });

  test('cancelling twice has one end', async () => {
    await using system = await runsSystem(options());
    const iterationId = await start(system, 'slow');
    const both = [system.runs.iterations.cancel(ONE, ANN), system.runs.iterations.cancel(ONE, { actor: 'bob' })];
    expect(await Promise.all(both)).toEqual([iterationId, iterationId]);
    const ends = (await system.events(ONE)).filter(({ type }) => type === 'iteration_cancelled');
    expect(ends).toMatchObject([{ actor: 'ann' }]);
  });
});

describe('what else ends an iteration', () => {
  test.each([
    ['between two pieces', { silenceMs: 20 }, 'slow'],
    ['of the whole answer', { totalMs: 100 }, 'slow'],
    ['of an answer without an end', { totalMs: 100 }, 'endless'],
  ])(
    'the time limit %s: iteration_error timeout, nothing written, the provider let go',
    async (_, modelTimings, word) => {
      await using system = await runsSystem({ ...options(), modelTimings });
      const end = await system.runs.iterations.whenEnded(await start(system, word));
      expect(end).toMatchObject({ kind: 'error', code: 'timeout' });
      expect((await system.events(ONE)).at(-1)).toMatchObject({ type: 'iteration_error', code: 'timeout' });
      expect(existsSync(system.path('one', SPEC))).toBe(false);
      await expect.poll(() => model.open).toBe(0);
    },
  );

  test('a model that is not there: iteration_error provider', async () => {
    await using system = await runsSystem({ model: { baseUrl: 'http://127.0.0.1:9/v1', model: 'none' } });
    const end = await system.runs.iterations.whenEnded(await start(system, 'valid'));
    expect(end).toMatchObject({ kind: 'error', code: 'provider' });
    expect((await system.events(ONE)).at(-1)).toMatchObject({ type: 'iteration_error', code: 'provider' });
  });

  test('the server’s end: iteration_error interrupted, and the provider is let go', async () => {
    await using system = await runsSystem(options());
    await start(system, 'slow');
    await system.runs[Symbol.asyncDispose]();
    expect((await system.events(ONE)).at(-1)).toMatchObject({ type: 'iteration_error', code: 'interrupted' });
    await expect.poll(() => model.open).toBe(0);
  });

  test('more iterations than are allowed at a time are refused', async () => {
    await using system = await runsSystem({ ...options(), maxIterations: 2 });
    const begin = (name: string) => system.runs.iterations.start(`alpha.${name}`, { ...ANN, instructions: 'slow' });
    await begin('one');
    await begin('two');
    await expect(begin('three')).rejects.toMatchObject({ code: 'too_many_requests' });
    await expect(begin('one')).rejects.toMatchObject({ code: 'conflict' });
  });
});

async function isOver(system: RunsSystem, iterationId: string): Promise<boolean> {
  const told = await system.events(ONE);
  return told.some(({ type, iteration_id }) => iteration_id === iterationId && /^iteration_(?!start)/.test(type));
}
