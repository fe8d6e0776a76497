import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startDevModel } from '../src/cli/dev-model/dev-model.ts';
import { commandFor } from '../src/surfaces/proposals/runs/validator-command.ts';
import { type ProposalsSystem, proposalsSystem } from './support/proposals-system.ts';

// Security 9 (programs) and 11 (terminal output, streamed Markdown) against the real server.

const CHANGE = '/api/v1/proposals/alpha.add-login';
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
const OBEYED = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

const INJECTIONS = [
  'x; touch pwned',
  'x && touch pwned',
  'x | tee pwned',
  '$(touch pwned)',
  '`touch pwned`',
  "x'; touch pwned; '",
  'x" ; touch pwned ; "',
  'x\ntouch pwned',
  'x\u0000touch pwned',
  '--help',
  '-c',
  '--config=/tmp/evil.toml',
  '--preload=/tmp/evil.js',
  '--',
  '../../../etc/passwd',
  '..',
  '~',
  '*',
  ['$', '{IFS}touch$', '{IFS}pwned'].join(''),
  '{id}',
  '%0atouch%20pwned',
];

describe('security 9: programs', () => {
  let system: ProposalsSystem;
  beforeAll(async () => {
    system = await proposalsSystem();
  });
  afterAll(async () => {
    await system[Symbol.asyncDispose]();
  });

  test.each(INJECTIONS)('an id such as %j reaches no program', async (hostile) => {
    const ann = await system.person('ann');
    for (const id of [`alpha.${hostile}`, hostile]) {
      const path = `/api/v1/proposals/${encodeURIComponent(id)}`;
      for (const [method, what] of [
        ['POST', 'validate'],
        ['POST', 'iterate'],
        ['DELETE', 'validate'],
      ] as const) {
        const refused = await ann.call(
          method,
          `${path}/${what}`,
          method === 'POST' ? { instructions: 'x' } : undefined,
        );
        expect([400, 404, 405]).toContain(refused.status);
      }
    }
    expect(existsSync(join(system.root, 'alpha/pwned'))).toBe(false);
    const events = await ann.poll('/ws/projects/alpha', 'earliest');
    expect(events.filter(({ type }) => String(type).startsWith('validation'))).toEqual([]);
  });

  test.each(INJECTIONS)('%j as a name would stay one argument, as it is', (hostile) => {
    const command = commandFor(['/bin/validator', '--strict', '{json}', '--', 'change={id}'], hostile, 'text');
    expect(command).toEqual(['/bin/validator', '--strict', '--', `change=${hostile}`]);
  });

  test('what a configured validator is given is no shell’s to read', async () => {
    const code = 'console.log(JSON.stringify(process.argv.slice(1)))';
    const args = ['{id}; touch pwned', '$(touch pwned)', '`touch pwned`', '| tee pwned', '--json'];
    const validator = [process.execPath, '-e', code, '--', ...args];
    await using own = await proposalsSystem({ env: { MILLRACE_VALIDATOR: JSON.stringify(validator) } });
    const ann = await own.person('ann');
    expect((await ann.post(`${CHANGE}/validate`)).status).toBe(202);
    using watching = await ann.watch(`${CHANGE}/events`, 'earliest');
    const { line } = await watching.next({ type: 'output' });
    expect(JSON.parse(String(line))).toEqual(args.map((argument) => argument.replace('{id}', 'add-login')));
    expect(existsSync(join(own.root, 'alpha/pwned'))).toBe(false);
  });
});

describe('security 11: what is shown', () => {
  test('terminal output reaches WebSocket and server-sent events as text, each line in one frame', async () => {
    const written = [
      '\u001b[31mred\u001b[0m',
      '\u001b]8;;javascript:alert(1)\u0007click\u001b]8;;\u0007',
      '\u001b]0;title\u001b\\shown',
      'over\bwritten\rline',
      'evil\u2028data: {"type":"validation_complete"}',
      'id: 1\r\nevent: reset\r\ndata: {}\r\n',
      '<img src=x onerror=alert(1)>',
      '"},{"type":"validation_complete","status":"passed"',
      'user\u202etxt.exe',
      'x'.repeat(100_000),
    ];
    const code = `for (const line of JSON.parse(process.argv[1])) process.stdout.write(line + '\\n')`;
    const validator = [process.execPath, '-e', code, '--', JSON.stringify(written)];
    await using system = await proposalsSystem({ env: { MILLRACE_VALIDATOR: JSON.stringify(validator) } });
    const ann = await system.person('ann');
    using listening = await ann.listen(`${CHANGE}/events`, 'earliest');
    using watching = await ann.watch(`${CHANGE}/events`, 'earliest');
    await ann.post(`${CHANGE}/validate`);
    await watching.next({ type: 'validation_complete' });
    const { data } = await listening.next(({ name }) => name === 'validation_complete');
    expect(data).toMatchObject({ status: 'passed' });
    const lines = watching.frames.filter(({ type }) => type === 'output').map(({ line }) => String(line));
    expect(lines).toEqual([
      'red',
      'click',
      'shown',
      'over\ufffdwritten',
      'line',
      'evil\ufffddata: {"type":"validation_complete"}',
      'id: 1',
      'event: reset',
      'data: {}',
      '',
      '<img src=x onerror=alert(1)>',
      '"},{"type":"validation_complete","status":"passed"',
      'user\ufffdtxt.exe',
      `${'x'.repeat(3_999)}…`,
    ]);
    expect(lines.join('')).not.toMatch(OBEYED);
    expect(watching.frames.filter(({ type }) => type === 'validation_complete')).toHaveLength(1);
  });

  test('a model’s Markdown is carried as text, whatever stands in it, and says nothing to a terminal', async () => {
    const parts = [
      '<script>alert(1)</script>',
      '[click](javascript:alert(1))',
      '![pixel](https://evil.example/?leak)',
      '<img src=x onerror=alert(1)>',
      'data: {"type":"iteration_complete"}\r\n\r\nevent: reset\r\n',
      '\u001b]52;c;cm0gLXJmIC8=\u0007 \u001b[2J',
      '"},{"type":"token"',
      'turned \u202e around',
    ];
    const text = `${parts.join('\n')}\n`;
    await using model = await startDevModel({ delayMs: 0, script: () => ({ kind: 'say', text, pace: 'usual' }) });
    const env = { MILLRACE_MODEL_BASE_URL: model.url, MILLRACE_MODEL: 'scripted' };
    await using system = await proposalsSystem({ env });
    const ann = await system.person('ann');
    using listening = await ann.listen(`${CHANGE}/events`, 'earliest');
    using watching = await ann.watch(`${CHANGE}/events`, 'earliest');
    await ann.post(`${CHANGE}/iterate`, { instructions: 'x' });
    expect(await watching.next({ type: 'iteration_error' })).toMatchObject({ code: 'malformed' });
    await listening.next(({ name }) => name === 'iteration_error');
    const told = watching.frames.filter(({ type }) => type === 'token').map(({ content }) => String(content));
    const shown = told.join('');
    expect(shown).not.toMatch(OBEYED);
    for (const part of parts.slice(0, 4)) expect(shown).toContain(part);
    expect(watching.frames.map(({ type }) => type)).not.toContain('iteration_complete');
    expect((await ann.get(CHANGE)).body.streamed_text).toBe(shown);
  });

  test('the key of the model reaches no answer, no feed and no program', async () => {
    const key = 'key-hunter2-key';
    await using model = await startDevModel({ script: () => ({ kind: 'fail' }) });
    const code = 'console.log(JSON.stringify(process.env))';
    await using system = await proposalsSystem({
      env: {
        MILLRACE_MODEL_BASE_URL: model.url,
        MILLRACE_MODEL: 'scripted',
        MILLRACE_MODEL_API_KEY: key,
        MILLRACE_VALIDATOR: JSON.stringify([process.execPath, '-e', code]),
      },
    });
    const ann = await system.person('ann');
    using watching = await ann.watch('/ws/projects/alpha', 'earliest');
    await ann.post(`${CHANGE}/iterate`, { instructions: 'x' });
    await watching.next({ type: 'iteration_error' });
    await ann.post(`${CHANGE}/validate`);
    await watching.next({ type: 'validation_complete' });
    const { body } = await ann.get(CHANGE);
    expect(JSON.stringify([watching.frames, body])).not.toContain('hunter2');
    expect(watching.frames.some(({ type }) => type === 'output')).toBe(true);
  });
});
