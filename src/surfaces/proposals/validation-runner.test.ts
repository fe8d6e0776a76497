import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Log } from '../../engine/log/log.ts';
import { MillraceError } from '../../protocol/errors.ts';
import { type RunsSystem, runsSystem } from './testing/runs-system.ts';

const ONE = 'alpha.one';
const ANN = { actor: 'ann' };
/** A program of this test's own, in place of the OpenSpec CLI. */
const program = (code: string, ...args: string[]) => [process.execPath, '-e', code, ...args];
const SLEEP = 'await new Promise(() => setInterval(() => {}, 1000))';

async function runToItsEnd(system: RunsSystem, proposalId = ONE) {
  const runId = await system.runs.validations.start(proposalId, ANN);
  await system.runs.validations.whenEnded(runId);
  return system.events(proposalId);
}

/** Whether a process is there and is no zombie. */
function isAlive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

describe('the bundled OpenSpec CLI', () => {
  test('passes a good change, after all of its output', async () => {
    await using system = await runsSystem();
    const events = await runToItsEnd(system);
    expect(events.map(({ type }) => type)).toEqual(['validation_start', 'output', 'validation_complete']);
    expect(events.at(-1)).toMatchObject({ status: 'passed', summary: { exit_code: 0, totals: { passed: 1 } } });
    expect(await system.stored(ONE)).toMatchObject({
      validation: { status: 'passed' },
      output: [{ stream: 'stdout' }],
    });
  });

  test('runs nothing that a project has put beside it', async () => {
    await using system = await runsSystem();
    const folder = join(system.root, 'alpha');
    const mark = join(system.folder, 'was-here');
    const evil = `require('node:fs').writeFileSync(${JSON.stringify(mark)}, '')`;
    writeFileSync(join(folder, 'evil.cjs'), evil);
    writeFileSync(join(folder, 'bunfig.toml'), 'preload = ["./evil.cjs"]\n');
    writeFileSync(join(folder, '.env'), 'NODE_OPTIONS=--require=./evil.cjs\nBUN_OPTIONS=--preload=./evil.cjs\n');
    writeFileSync(join(folder, 'tsconfig.json'), '{"compilerOptions":{"baseUrl":".","paths":{"*":["./evil.cjs"]}}}');
    writeFileSync(join(folder, 'package.json'), '{"imports":{"#*":"./evil.cjs"},"scripts":{"validate":"./evil.cjs"}}');
    const events = await runToItsEnd(system);
    expect(events.at(-1)).toMatchObject({ type: 'validation_complete', status: 'passed' });
    expect(existsSync(mark)).toBe(false);
  });

  test('says what it does not know, when the change goes away under it', async () => {
    await using system = await runsSystem({
      validator: program(
        `if (process.argv.includes('--json')) console.log('{"status":[{"message":"Unknown item"}]}'); process.exit(1)`,
        '--',
        '{json}',
      ),
    });
    expect((await runToItsEnd(system)).at(-1)).toMatchObject({
      type: 'validation_error',
      code: 'not_found',
      error: 'Unknown item',
    });
  });
});

describe('what a program does', () => {
  test('its lines keep their stream and their order in it', async () => {
    const code = 'for (let n = 0; n < 50; n += 1) { console.log("out " + n); console.error("err " + n); }';
    await using system = await runsSystem({ validator: program(code) });
    const events = await runToItsEnd(system);
    for (const [stream, word] of [
      ['stdout', 'out'],
      ['stderr', 'err'],
    ]) {
      const lines = events.filter((event) => event.stream === stream).map(({ line }) => line);
      expect(lines).toEqual(Array.from({ length: 50 }, (_, n) => `${word} ${n}`));
    }
    expect(events.at(-1)).toMatchObject({ type: 'validation_complete', status: 'passed', summary: { exit_code: 0 } });
  });

  test.each([
    [0, 'validation_complete', { status: 'passed' }],
    [1, 'validation_complete', { status: 'failed' }],
    [2, 'validation_error', { code: 'crashed', error: expect.stringContaining('exit code 2') }],
  ])('exit code %i is %s', async (exitCode, type, members) => {
    await using system = await runsSystem({ validator: program(`process.exit(${exitCode})`) });
    expect((await runToItsEnd(system)).at(-1)).toMatchObject({ type, ...members });
  });

  test('a program that kills itself has crashed', async () => {
    await using system = await runsSystem({ validator: program('process.kill(process.pid, "SIGSEGV")') });
    const last = (await runToItsEnd(system)).at(-1);
    expect(last).toMatchObject({
      type: 'validation_error',
      code: 'crashed',
      error: expect.stringMatching(/SIG|exit code/),
    });
    expect(await system.stored(ONE)).toMatchObject({ validation: { status: 'error' } });
  });

  test('a program that is not there is not found', async () => {
    await using system = await runsSystem({ validator: ['/nowhere/validator', '{id}'] });
    const last = (await runToItsEnd(system)).at(-1);
    expect(last).toMatchObject({
      type: 'validation_error',
      code: 'not_found',
      error: expect.stringContaining('ENOENT'),
    });
  });

  test('a flood is cut, which is said in the output and in the summary, and the program is not held up', async () => {
    const code = 'for (let n = 0; n < 200000; n += 1) process.stdout.write("line of a flood " + n + "\\n");';
    await using system = await runsSystem({ validator: program(code) });
    const events = await runToItsEnd(system);
    const output = events.filter(({ type }) => type === 'output');
    expect(output).toHaveLength(5_001);
    expect(output.at(-1)?.line).toContain('its rest is not shown');
    expect(events.at(-1)).toMatchObject({
      type: 'validation_complete',
      status: 'passed',
      summary: { output_cut: true },
    });
  });

  test('it sees nothing of the server: neither its environment nor its home', async () => {
    process.env.MILLRACE_TEST_SECRET = 'hunter2';
    await using system = await runsSystem({
      validator: program('console.log(JSON.stringify([process.env, process.cwd()]))'),
    });
    const events = await runToItsEnd(system);
    delete process.env.MILLRACE_TEST_SECRET;
    const [environment, cwd] = JSON.parse(String(events[1]?.line)) as [Record<string, string>, string];
    expect(cwd).toBe(join(system.root, 'alpha'));
    expect(environment).toMatchObject({ OPENSPEC_TELEMETRY: '0', NO_COLOR: '1' });
    expect(environment.HOME).not.toBe(process.env.HOME);
    expect(Object.keys(environment).filter((name) => name.startsWith('MILLRACE'))).toEqual([]);
    expect(existsSync(String(environment.HOME))).toBe(false);
  });
});

describe('the end of a run that goes on', () => {
  /** Says its own process id and that of a child, and stays. */
  const family = program(
    `const child = require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(SLEEP)}], { stdio: 'inherit' });
    console.log(process.pid + ' ' + child.pid); ${SLEEP}`,
  );

  async function pidsOf(system: RunsSystem): Promise<number[]> {
    const line = async () => (await system.events(ONE)).find(({ type }) => type === 'output')?.line ?? '';
    await expect.poll(line).toMatch(/^\d+ \d+$/);
    return String(await line())
      .split(' ')
      .map(Number);
  }

  test('a cancelled one ends with all that it started', async () => {
    await using system = await runsSystem({ validator: family });
    await system.runs.validations.start(ONE, ANN);
    const pids = await pidsOf(system);
    expect(pids.map(isAlive)).toEqual([true, true]);
    await system.runs.validations.cancel(ONE, { actor: 'bob' });
    expect((await system.events(ONE)).at(-1)).toMatchObject({ type: 'validation_error', code: 'cancelled' });
    await expect.poll(() => pids.some(isAlive)).toBe(false);
    expect(await system.stored(ONE)).toMatchObject({ validation: { status: 'cancelled' } });
    await expect(system.runs.validations.cancel(ONE, ANN)).rejects.toMatchObject({ code: 'conflict' });
  });

  test('one that takes too long is ended', async () => {
    await using system = await runsSystem({ validator: family, validationLimits: { timeLimitMs: 1_000 } });
    const runId = await system.runs.validations.start(ONE, ANN);
    const pids = await pidsOf(system);
    expect(await system.runs.validations.whenEnded(runId)).toMatchObject({ kind: 'error', code: 'timeout' });
    await expect.poll(() => pids.some(isAlive)).toBe(false);
  });

  test('the server’s end is told, and leaves no program behind', async () => {
    await using system = await runsSystem({ validator: family });
    await system.runs.validations.start(ONE, ANN);
    const pids = await pidsOf(system);
    await system.runs[Symbol.asyncDispose]();
    expect((await system.events(ONE)).at(-1)).toMatchObject({ type: 'validation_error', code: 'interrupted' });
    await expect.poll(() => pids.some(isAlive)).toBe(false);
  });

  test('one whose supervisor is killed ends, with all that it started', async () => {
    await using system = await runsSystem({ validator: family });
    const runId = await system.runs.validations.start(ONE, ANN);
    const pids = await pidsOf(system);
    const [, supervisor = ''] = /^\d+ \(.*\) \S (\d+)/s.exec(readFileSync(`/proc/${pids[0]}/stat`, 'utf8')) ?? [];
    process.kill(Number(supervisor), 'SIGKILL');
    expect(await system.runs.validations.whenEnded(runId)).toMatchObject({ kind: 'error', code: 'crashed' });
    await expect.poll(() => pids.some(isAlive)).toBe(false);
  });

  test('one that leaves its group and holds the output does not hold up the run', async () => {
    const code = `const child = require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(SLEEP)}], { stdio: 'inherit', detached: true });
      child.unref(); console.log(child.pid); process.exit(0)`;
    await using system = await runsSystem({ validator: program(code) });
    const events = await runToItsEnd(system);
    expect(events.at(-1)).toMatchObject({ type: 'validation_complete', status: 'passed' });
    process.kill(Number(events[1]?.line), 'SIGKILL');
  });
});

describe('runs at a time', () => {
  test('one of a proposal, and as many as are allowed of all', async () => {
    await using system = await runsSystem({ validator: program(SLEEP) });
    const { validations } = system.runs;
    const start = (name: string) => validations.start(`alpha.${name}`, ANN);
    await start('one');
    const asked = await Promise.allSettled([start('one'), start('two'), start('three')]);
    const codes = asked.map((one) => (one.status === 'fulfilled' ? 'started' : (one.reason as MillraceError).code));
    // Which of the others comes first is the disk's to say.
    expect(codes.sort()).toEqual(['conflict', 'started', 'too_many_requests']);
    const starts = (await system.records()).filter(({ type }) => type === 'proposals.validation_started');
    expect(starts).toHaveLength(2);
  });

  test('a beginning that could not be stored leaves the way free', async () => {
    let refuses = true;
    const wrapLog = (log: Log): Log =>
      Object.assign(Object.create(log), {
        append: async (...args: Parameters<Log['append']>) => {
          if (refuses) throw new MillraceError('log_unavailable', 'disk full');
          return log.append(...args);
        },
      });
    await using system = await runsSystem({ validator: program(''), wrapLog });
    await expect(system.runs.validations.start(ONE, ANN)).rejects.toMatchObject({ code: 'log_unavailable' });
    refuses = false;
    expect((await runToItsEnd(system)).at(-1)).toMatchObject({ type: 'validation_complete' });
  });
});
