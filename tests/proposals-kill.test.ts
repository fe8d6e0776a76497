import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DevModel, startDevModel } from '../src/cli/dev-model/dev-model.ts';
import type { Script } from '../src/cli/dev-model/scripts.ts';
import { proposalDetailSchema } from '../src/surfaces/proposals/events.ts';
import { FAMILY, isAlive } from './support/process-family.ts';
import { type Frame, type ProposalsSystem, plantChange, proposalsSystem } from './support/proposals-system.ts';

// kill -9 of the real server in the middle of what it runs: what is on disk, what is told, what is left behind.

const ROUNDS = 5;
const FILES = 20;
const OLD = '# Old\n';
const PATHS = Array.from({ length: FILES }, (_, index) => `notes/note-${index}.md`);
const MANY: Script = {
  kind: 'say',
  text: PATHS.map((path) => `@@@ write ${path}\n${'new text\n'.repeat(20)}@@@ end\n`).join(''),
  pace: 'usual',
};
const SLOW: Script = { kind: 'say', text: 'thinking '.repeat(1_000), pace: 'slow' };

let model: DevModel;
let system: ProposalsSystem;

beforeAll(async () => {
  model = await startDevModel({ delayMs: 0, slowDelayMs: 20, script: (said) => (said === 'many' ? MANY : SLOW) });
  system = await proposalsSystem({
    env: {
      MILLRACE_MODEL_BASE_URL: model.url,
      MILLRACE_MODEL: 'scripted',
      MILLRACE_VALIDATOR: JSON.stringify([process.execPath, '-e', FAMILY, '--', '{id}']),
    },
  });
});

afterAll(async () => {
  await system[Symbol.asyncDispose]();
  await model[Symbol.asyncDispose]();
});

const RUNS = /^(validation_|iteration_|output$|token$)/;

/** What the feed has told of a proposal's runs, and the types of it. */
async function toldOf(id: string, after: string) {
  const ann = await system.person('ann');
  const events: Frame[] = [];
  for (let cursor = after, isUpToDate = false; !isUpToDate; ) {
    const path = `/api/v1/proposals/${id}/events?cursor=${cursor}`;
    const { body } = await ann.call('GET', path, undefined, { accept: 'application/json' });
    // What the watch on the folder tells meanwhile belongs to no run.
    events.push(...body.events.filter(({ type }: Frame) => RUNS.test(type)));
    ({ cursor, upToDate: isUpToDate } = body);
  }
  return { events, types: events.map(({ type }) => type) };
}

describe('kill -9 in the middle of an iteration', () => {
  test('while the model answers: interrupted is told, once, nothing is written, and the next can begin', async () => {
    plantChange(system.root, 'alpha', 'answering');
    const ann = await system.person('ann');
    const path = '/api/v1/proposals/alpha.answering';
    const { cursor, files } = (await ann.get(path)).body;
    const { iteration_id } = (await ann.post(`${path}/iterate`, { instructions: 'slow' })).body;
    {
      using watching = await ann.watch(`${path}/events`, cursor);
      await watching.next({ type: 'token' });
    }
    await system.restart();
    await expect.poll(() => model.open).toBe(0);
    await expect.poll(async () => (await toldOf('alpha.answering', cursor)).types.at(-1)).toBe('iteration_error');
    const { events, types } = await toldOf('alpha.answering', cursor);
    expect(events.at(-1)).toMatchObject({ code: 'interrupted', iteration_id });
    expect(types.filter((type) => type.startsWith('iteration_'))).toEqual(['iteration_start', 'iteration_error']);
    const detail = proposalDetailSchema.parse((await ann.get(path)).body);
    expect(detail).toMatchObject({ is_iterating: false, files, iterations: [{ iteration_id, status: 'error' }] });
    expect((await ann.post(`${path}/iterate`, { instructions: 'slow' })).status).toBe(202);
    expect((await ann.call('DELETE', `${path}/iterate`)).status).toBe(200);
  });

  test(`while the files are written, ${ROUNDS} times: no file is half written, and none of the edits stays`, async () => {
    const ann = await system.person('ann');
    const found: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const change = `writing-${round}`;
      plantChange(system.root, 'alpha', change);
      const folder = join(system.root, 'alpha/openspec/changes', change);
      const path = `/api/v1/proposals/alpha.${change}`;
      // One of the files is there already: it must be what it was.
      const first = `${path}/files/${PATHS[0]}`;
      expect((await ann.call('PUT', first, OLD, { 'if-none-match': '*' })).status).toBe(201);
      const { cursor } = (await ann.get(path)).body;
      await ann.post(`${path}/iterate`, { instructions: 'many' });
      const trigger = join(folder, PATHS[1 + round * 3] ?? '');
      while (!existsSync(trigger)) await new Promise(setImmediate);
      await system.restart('SIGKILL', () => {
        const written = PATHS.filter((name) => existsSync(join(folder, name)));
        found.push(written.length);
        for (const name of written) {
          expect(['new text\n'.repeat(20), OLD]).toContain(readFileSync(join(folder, name), 'utf8'));
        }
      });
      await expect.poll(async () => (await toldOf(`alpha.${change}`, cursor)).types).toContain('iteration_error');
      const { events, types } = await toldOf(`alpha.${change}`, cursor);
      expect(events.find(({ type }) => type === 'iteration_error')).toMatchObject({ code: 'interrupted' });
      expect(types).not.toContain('iteration_complete');
      await expect.poll(() => readdirSync(join(folder, 'notes'))).toEqual(['note-0.md']);
      expect(readFileSync(join(folder, PATHS[0] ?? ''), 'utf8')).toBe(OLD);
      const { files } = (await ann.get(path)).body;
      expect(files.map((file: { path: string }) => file.path)).toEqual([
        PATHS[0],
        'proposal.md',
        `specs/${change}/spec.md`,
        'tasks.md',
      ]);
    }
    console.log(JSON.stringify({ rounds: ROUNDS, files: FILES, writtenWhenKilled: found }));
    // Not vacuous: the server was killed with some of the files written.
    expect(found.some((count) => count > 1 && count < FILES)).toBe(true);
  });

  test('what somebody has changed since is left as they have it', async () => {
    plantChange(system.root, 'alpha', 'changed-since');
    const folder = join(system.root, 'alpha/openspec/changes/changed-since');
    const ann = await system.person('ann');
    const path = '/api/v1/proposals/alpha.changed-since';
    const { cursor } = (await ann.get(path)).body;
    await ann.post(`${path}/iterate`, { instructions: 'many' });
    const trigger = join(folder, PATHS[1] ?? '');
    while (!existsSync(trigger)) await new Promise(setImmediate);
    await system.restart('SIGKILL', () => writeFileSync(trigger, 'mine\n'));
    await expect.poll(async () => (await toldOf('alpha.changed-since', cursor)).types).toContain('iteration_error');
    expect(readFileSync(trigger, 'utf8')).toBe('mine\n');
    await expect.poll(() => readdirSync(join(folder, 'notes'))).toEqual(['note-1.md']);
  });

  test('what was half written is removed at the next start, and nothing else that is hidden', async () => {
    plantChange(system.root, 'alpha', 'half-written');
    const folder = join(system.root, 'alpha/openspec/changes/half-written');
    const ann = await system.person('ann');
    const path = '/api/v1/proposals/alpha.half-written';
    const { cursor } = (await ann.get(path)).body;
    const others = ['.millrace-mine.tmp', '.millrace-0123456789abcdef.tmp.md', '.proposal.md.swp'];
    const specs = join(folder, 'specs/half-written');
    await system.restart('SIGKILL', () => {
      writeFileSync(join(folder, '.millrace-0123456789abcdef.tmp'), 'ha');
      writeFileSync(join(specs, '.millrace-fedcba9876543210.tmp'), 'ha');
      for (const name of others) writeFileSync(join(specs, name), 'mine');
    });
    await expect.poll(() => readdirSync(specs).sort()).toEqual([...others, 'spec.md'].sort());
    expect(readdirSync(folder).sort()).toEqual(['proposal.md', 'specs', 'tasks.md']);
    expect((await toldOf('alpha.half-written', cursor)).events).toEqual([]);
  });
});

describe('kill -9 in the middle of a validation', () => {
  test('no process is left, interrupted is told, once, and the next can begin', async () => {
    plantChange(system.root, 'alpha', 'validating');
    const ann = await system.person('ann');
    const path = '/api/v1/proposals/alpha.validating';
    const { cursor } = (await ann.get(path)).body;
    const { run_id } = (await ann.post(`${path}/validate`)).body;
    let pids: number[] = [];
    {
      using watching = await ann.watch(`${path}/events`, cursor);
      const { line } = await watching.next({ type: 'output' });
      pids = String(line).split(' ').map(Number);
    }
    expect(pids.map(isAlive)).toEqual([true, true]);
    await system.restart();
    await expect.poll(() => pids.filter(isAlive)).toEqual([]);
    await expect.poll(async () => (await toldOf('alpha.validating', cursor)).types.at(-1)).toBe('validation_error');
    const { events, types } = await toldOf('alpha.validating', cursor);
    expect(events.at(-1)).toMatchObject({ code: 'interrupted', run_id });
    expect(types).toEqual(['validation_start', 'output', 'validation_error']);
    expect((await ann.get(path)).body.validation).toMatchObject({ run_id, status: 'error' });
    expect((await ann.post(`${path}/validate`)).status).toBe(202);
    expect((await ann.call('DELETE', `${path}/validate`)).status).toBe(200);
  });
});
