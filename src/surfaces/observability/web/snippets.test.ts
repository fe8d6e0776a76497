import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { curlSnippet, hookSnippet } from './snippets.ts';

const ORIGIN = 'http://127.0.0.1:4000';

describe('curlSnippet', () => {
  it('is one line whose body is a complete event with the time of now', () => {
    const line = curlSnippet(ORIGIN);
    expect(line).not.toContain('\n');
    // The shell expands the line; `printf` in place of curl shows the arguments curl would get.
    const args = execFileSync('sh', ['-c', line.replace(/^curl/, "printf '%s\\n'")], { encoding: 'utf8' }).split('\n');
    expect(args).toContain(`${ORIGIN}/events`);
    const body: unknown = JSON.parse(args.at(-2) ?? '');
    expect(body).toMatchObject({
      source_app: 'my-app',
      event_type: 'PreToolUse',
      timestamp: expect.stringMatching(/^20.*Z$/),
    });
  });
});

describe('hookSnippet', () => {
  it('is JSON that posts the input of every hook and never fails the agent', () => {
    const { hooks } = JSON.parse(hookSnippet(ORIGIN));
    expect(Object.keys(hooks)).toContain('SubagentStop');
    expect(hooks.PreToolUse[0].hooks[0].command).toMatch(
      /-d @- http:\/\/127\.0\.0\.1:4000\/hooks\/claude-code \|\| true$/,
    );
  });
});
