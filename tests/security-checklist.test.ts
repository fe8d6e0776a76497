import { existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type ProposalsSystem, proposalsSystem } from './support/proposals-system.ts';

// The lines of the security checklist that need projects, each by its plainest attack; the corpora are in
// `security-proposals.test.ts` and `security-runs.test.ts`. The other lines, by the numbers that their titles begin with:
// 1 and 12 in `security-origins.test.ts`, 2 and 3 in `security-tokens.test.ts`, 3 and 4 in `security-sessions.test.ts`,
// 5 to 8 in `security-input.test.ts`.

const LINES = 12;

const CHANGE = '/api/v1/proposals/alpha.add-login';
const ESC = '\u001b';

/** A validator that writes these lines. */
function writing(lines: readonly string[]) {
  const code = `for (const line of JSON.parse(process.argv[1])) console.log(line)`;
  return { MILLRACE_VALIDATOR: JSON.stringify([process.execPath, '-e', code, '--', JSON.stringify(lines)]) };
}

async function outputOf(system: ProposalsSystem): Promise<readonly string[]> {
  const ann = await system.person('ann');
  using watching = await ann.watch(`${CHANGE}/events`, 'earliest');
  expect((await ann.post(`${CHANGE}/validate`)).status).toBe(202);
  await watching.next({ type: 'validation_complete' });
  return watching.frames.filter(({ type }) => type === 'output').map(({ line }) => String(line));
}

test('every line of the checklist has a test', () => {
  const titles = readdirSync(import.meta.dirname)
    .filter((name) => name.startsWith('security-'))
    .map((name) => readFileSync(join(import.meta.dirname, name), 'utf8'))
    .flatMap((text) => [...text.matchAll(/^(?:test|describe)\('(\d+)\. /gm)].map(([, line]) => Number(line)));
  expect([...new Set(titles)].sort((a, b) => a - b)).toEqual(Array.from({ length: LINES }, (_, index) => index + 1));
});

test('9. programs get arguments, never a shell, and nothing of the server’s environment', async () => {
  const code = 'console.log(process.argv[1]); console.log(Object.keys(process.env).join())';
  const validator = [process.execPath, '-e', code, '--', '{id}; touch pwned'];
  await using system = await proposalsSystem({
    env: { MILLRACE_VALIDATOR: JSON.stringify(validator), SECRET_OF_MINE: 'x' },
  });
  const [argument, environment] = await outputOf(system);
  expect(argument).toBe('add-login; touch pwned');
  expect(environment).not.toMatch(/MILLRACE_|SECRET_OF_MINE/);
  expect(existsSync(join(system.root, 'alpha/pwned'))).toBe(false);
});

test('10. paths stay under their root, and links are not followed', async () => {
  await using system = await proposalsSystem();
  const ann = await system.person('ann');
  const secret = join(system.folder, 'secret.md');
  writeFileSync(secret, 'secret');
  symlinkSync(secret, join(system.root, 'alpha/openspec/changes/add-login/link.md'));
  for (const path of [
    'link.md',
    '..%2f..%2f..%2f..%2fsecret.md',
    '%2e%2e/%2e%2e/secret.md',
    encodeURIComponent(secret),
  ]) {
    const read = await ann.get(`${CHANGE}/files/${path}`);
    expect([400, 404]).toContain(read.status);
    const written = await ann.call('PUT', `${CHANGE}/files/${path}`, 'overwritten', { 'if-none-match': '*' });
    expect([400, 404, 409, 412]).toContain(written.status);
  }
  expect(await Bun.file(secret).text()).toBe('secret');
});

test('11. terminal output is text, of bounded length', async () => {
  const lines = [
    `${ESC}[31mred${ESC}[0m`,
    `${ESC}]8;;javascript:alert(1)\u0007click${ESC}]8;;\u0007`,
    'x'.repeat(10_000),
  ];
  await using system = await proposalsSystem({ env: writing(lines) });
  const [red, link, long] = await outputOf(system);
  expect([red, link]).toEqual(['red', 'click']);
  expect(long?.length).toBe(4_000);
});
