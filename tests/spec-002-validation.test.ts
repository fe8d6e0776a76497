import { describe, expect, test } from 'vitest';
import { FAMILY, isAlive } from './support/process-family.ts';
import { type Person, type ProposalsSystem, proposalsSystem } from './support/proposals-system.ts';

// specs/002 "Validation Streaming", how a validation goes on and ends. The server is a process of its own; the validator is
// a program of the test's own, set by `MILLRACE_VALIDATOR`. The OpenSpec CLI is in `proposals-runs.test.ts`.

const ID = 'alpha.add-login';
const PROPOSAL = `/api/v1/proposals/${ID}`;

/** The server with this program as its validator. */
const validating = (command: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  proposalsSystem({ env: { MILLRACE_VALIDATOR: JSON.stringify(command), ...env } });
const program = (code: string) => [process.execPath, '-e', code, '--', '{id}'];

/** Looks at the project over a WebSocket and at the proposal over server-sent events. */
async function watchBoth(person: Person) {
  const socket = await person.watch('/ws/projects/alpha');
  const stream = await person.listen(`${PROPOSAL}/events`);
  return {
    socket,
    /** Everything until the last one, the same on both. */
    async until(last: string) {
      await socket.next({ type: last });
      await stream.next(({ name }) => name === last);
      const events = stream.received.filter(({ name }) => name !== 'hello');
      expect(events.map(({ data }) => data)).toEqual(socket.frames);
      for (const { name, id, data } of events) expect([name, id]).toEqual([data.type, data.cursor]);
      return socket.frames;
    },
    [Symbol.dispose]() {
      socket[Symbol.dispose]();
      stream[Symbol.dispose]();
    },
  };
}

/** A validation from its beginning to this last event, as somebody else sees it. */
async function runTo(system: ProposalsSystem, last: 'validation_complete' | 'validation_error') {
  const [ann, vic] = [await system.person('ann'), await system.person('vic', ['viewer'], ['alpha'])];
  using watching = await watchBoth(vic);
  const started = await ann.post(`${PROPOSAL}/validate`);
  expect(started.status).toBe(202);
  const frames = await watching.until(last);
  for (const frame of frames) expect(frame).toMatchObject({ proposal_id: ID, run_id: started.body.run_id });
  expect(frames[0]).toMatchObject({ type: 'validation_start', proposal_id: ID, actor: 'ann' });
  const { validation } = (await vic.get(PROPOSAL)).body;
  return { frames, validation };
}

describe('Stream validation output', () => {
  test('each line has its real stream, in the order of that stream, between the start and the end', async () => {
    const code = 'for (let n = 0; n < 50; n += 1) { console.log("out " + n); console.error("err " + n); }';
    await using system = await validating(program(code));
    const { frames } = await runTo(system, 'validation_complete');
    expect(frames.slice(1, -1).every(({ type }) => type === 'output')).toBe(true);
    for (const [stream, word] of [
      ['stdout', 'out'],
      ['stderr', 'err'],
    ]) {
      const lines = frames.filter((frame) => frame.stream === stream).map(({ line }) => line);
      expect(lines).toEqual(Array.from({ length: 50 }, (_, n) => `${word} ${n}`));
    }
    expect(frames.at(-1)).toMatchObject({ type: 'validation_complete', status: 'passed', summary: { exit_code: 0 } });
  });

  test('comes while the program still runs', async () => {
    await using system = await validating(program(FAMILY));
    const ann = await system.person('ann');
    using watching = await watchBoth(ann);
    await ann.post(`${PROPOSAL}/validate`);
    const { line } = await watching.socket.next({ type: 'output', stream: 'stdout' });
    expect(String(line).split(' ').map(Number).map(isAlive)).toEqual([true, true]);
    expect((await ann.call('DELETE', `${PROPOSAL}/validate`)).status).toBe(200);
  });
});

describe('Stream validation complete', () => {
  test.each([
    [0, 'passed'],
    [1, 'failed'],
  ])('exit code %i is %s', async (exitCode, status) => {
    await using system = await validating(program(`process.exit(${exitCode})`));
    const { frames, validation } = await runTo(system, 'validation_complete');
    expect(frames.at(-1)).toMatchObject({ type: 'validation_complete', status, summary: { exit_code: exitCode } });
    expect(validation).toMatchObject({ status });
  });
});

describe('Stream validation error', () => {
  test.each([
    ['ends with another exit code', 'process.exit(3)', /exit code 3/],
    ['is ended by a signal', 'process.kill(process.pid, "SIGKILL")', /SIGKILL|exit code 137/],
  ])('a program that %s has crashed', async (_, code, error) => {
    await using system = await validating(program(`console.error('before the end'); ${code}`));
    const { frames, validation } = await runTo(system, 'validation_error');
    expect(frames.map(({ type }) => type)).toEqual(['validation_start', 'output', 'validation_error']);
    expect(frames.at(-1)).toMatchObject({ code: 'crashed', error: expect.stringMatching(error) });
    expect(validation).toMatchObject({ status: 'error' });
  });

  test('a program that is not there is not found, and the next validation is told so as well', async () => {
    await using system = await validating(['/nowhere/validator', '{id}']);
    for (let round = 0; round < 2; round += 1) {
      const { frames, validation } = await runTo(system, 'validation_error');
      expect(frames.map(({ type }) => type)).toEqual(['validation_start', 'validation_error']);
      expect(frames.at(-1)).toMatchObject({ code: 'not_found', error: expect.stringContaining('ENOENT') });
      expect(validation).toMatchObject({ status: 'error' });
    }
  });

  test('one that takes too long is ended with all that it started', async () => {
    await using system = await validating(program(FAMILY), { MILLRACE_VALIDATOR_LIMIT_MS: '4000' });
    const { frames } = await runTo(system, 'validation_error');
    expect(frames.map(({ type }) => type)).toEqual(['validation_start', 'output', 'validation_error']);
    expect(frames.at(-1)).toMatchObject({ code: 'timeout', error: 'the validator took too long and was ended' });
    const pids = String(frames[1]?.line).split(' ').map(Number);
    await expect.poll(() => pids.filter(isAlive)).toEqual([]);
  });

  test('one that is cancelled is ended with all that it started, once, and the next can begin', async () => {
    await using system = await validating(program(FAMILY));
    const [ann, bob] = [await system.person('ann'), await system.person('bob', ['reviewer'])];
    const vic = await system.person('vic', ['viewer'], ['alpha']);
    using watching = await watchBoth(vic);
    expect((await ann.post(`${PROPOSAL}/validate`)).status).toBe(202);
    const { line } = await watching.socket.next({ type: 'output' });
    const pids = String(line).split(' ').map(Number);
    expect(pids.map(isAlive)).toEqual([true, true]);
    expect((await ann.post(`${PROPOSAL}/validate`)).status).toBe(409);
    expect((await vic.call('DELETE', `${PROPOSAL}/validate`)).status).toBe(403);
    const cancelled = await Promise.all([ann, bob].map((person) => person.call('DELETE', `${PROPOSAL}/validate`)));
    expect(cancelled.map(({ status }) => status)).toContain(200);
    const frames = await watching.until('validation_error');
    expect(frames.map(({ type }) => type)).toEqual(['validation_start', 'output', 'validation_error']);
    expect(frames.at(-1)).toMatchObject({ code: 'cancelled', error: 'the validation was cancelled' });
    await expect.poll(() => pids.filter(isAlive)).toEqual([]);
    expect((await ann.post(`${PROPOSAL}/validate`)).status).toBe(202);
    expect((await ann.call('DELETE', `${PROPOSAL}/validate`)).status).toBe(200);
  });
});
