import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { changeNameFrom, countTasks, skeletonFiles, titleOf } from './proposal-text.ts';

describe('the files of a new change', () => {
  it('pass the validator as they are', () => {
    const folder = mkdtempSync(join(tmpdir(), 'millrace-skeleton-'));
    try {
      const text = {
        title: 'Sign in with a key',
        why: 'Passwords are a burden for everybody who works here every day.',
        what: '- Keys',
      };
      for (const [path, content] of skeletonFiles('sign-in', text)) {
        const file = join(folder, 'openspec/changes/sign-in', path);
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, content);
      }
      const cli = fileURLToPath(new URL('../bin/openspec.js', import.meta.resolve('@fission-ai/openspec')));
      const options = { cwd: folder, encoding: 'utf8', env: { HOME: folder, OPENSPEC_TELEMETRY: '0' } } as const;
      const ran = spawnSync(
        process.execPath,
        [cli, 'validate', 'sign-in', '--strict', '--json', '--no-interactive'],
        options,
      );
      expect(JSON.parse(ran.stdout).summary.totals, ran.stdout).toMatchObject({ passed: 1, failed: 0 });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('titleOf', () => {
  it.each([
    ['# Add login\n', 'Add login'],
    ['# Change: Add login', 'Add login'],
    ['# Proposal:  Add login', 'Add login'],
    ['intro\n\n#  Later\n', 'Later'],
    ['## Only a section', 'add-login'],
    ['#\n', 'add-login'],
    [undefined, 'add-login'],
  ])('of %j is %j', (proposal, title) => {
    expect(titleOf(proposal, 'add-login')).toBe(title);
  });
});

describe('countTasks', () => {
  it('counts boxes, ticked and not, however they are listed', () => {
    expect(countTasks('- [x] a\n  - [ ] b\n* [X] c\n- [-] d\ntext [x]\n')).toEqual({ done: 2, total: 3 });
    expect(countTasks(undefined)).toEqual({ done: 0, total: 0 });
  });
});

describe('changeNameFrom', () => {
  it.each([
    ['Add login', 'add-login'],
    ['Über-Login (v2)!', 'uber-login-v2'],
    ['-- x --', 'x'],
    ['日本', ''],
    ['x'.repeat(80), 'x'.repeat(64)],
  ])('of %j is %j', (title, name) => {
    expect(changeNameFrom(title)).toBe(name);
  });
});
