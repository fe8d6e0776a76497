import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Clock, systemClock } from '../../engine/clock.ts';
import { MillraceError } from '../../protocol/errors.ts';
import { EVENT_LIMITS, observedEventSchema, recentEventsSchema, sessionsSchema } from './events.ts';
import { HOOK_METADATA_LENGTH } from './hook-payload.ts';
import { HOOK_ANSWER_MS } from './hook-routes.ts';
import { fixtures, type TestSurface, testSurface } from './testing/test-surface.ts';

const HOOKS = fixtures('claude-code');

/** What a person reads about each of the fixtures. */
const SUMMARIES: Readonly<Record<string, string>> = {
  'config-change': 'Settings changed: project_settings: /home/dev/shop/.claude/settings.json',
  'cwd-changed': 'Changed directory: /home/dev/shop/src',
  elicitation: 'tickets: Which project is this for?',
  'elicitation-result': 'tickets: accept',
  'file-changed': 'File change: /home/dev/shop/.envrc',
  'instructions-loaded': 'Instructions loaded: /home/dev/shop/CLAUDE.md: session_start',
  notification: 'Permission needed: Claude needs your permission to use Bash',
  'permission-denied': 'Denied: Auto mode denied: the command leaves the project: rm -rf /tmp/build',
  'permission-request': 'Asks permission: rm -rf node_modules',
  'post-compact': 'Compacted: auto: The cart total was rounded twice; src/cart.ts now sums integers.',
  'post-tool-batch': '2 tool calls done: Read, Grep',
  'post-tool-use': '/home/dev/shop/src/cart.ts (12 ms)',
  'post-tool-use-failure': 'Exit code 1 …: npm test -- --run cart',
  'pre-compact': 'Compacting: auto',
  'pre-tool-use': 'npm test -- --run cart',
  'session-end': 'Session ended: prompt_input_exit',
  'session-start': 'Session started: startup: claude-sonnet-4-6',
  setup: 'Setup: init',
  stop: 'Stopped: The cart total is now exact and the test passes.',
  'stop-failure': 'Stopped by an error: rate_limit: 429 Too Many Requests',
  'subagent-start': 'Sub-agent started: Explore',
  'subagent-stop': 'Sub-agent stopped: Explore: Found three places that round twice. …',
  'task-completed': 'Task completed: Round once, at the end',
  'task-created': 'Task created: Round once, at the end',
  'teammate-idle': 'Idle: implementer: shop',
  'user-prompt-expansion': '/review src/cart.ts',
  'user-prompt-submit': 'Fix the rounding error in the cart total. …',
  'worktree-create': 'Worktree created: cart-rounding',
  'worktree-remove': 'Worktree removed: /home/dev/shop/.claude/worktrees/cart-rounding',
};

async function newest(surface: TestSurface) {
  const answer = recentEventsSchema.parse(await (await surface.request('/events/recent?limit=1')).json());
  return observedEventSchema.parse(answer.events[0]);
}

describe('POST /hooks/claude-code', () => {
  let surface: TestSurface;
  beforeAll(async () => {
    surface = await testSurface();
  });
  afterAll(() => surface[Symbol.asyncDispose]());

  it('has an expectation for every fixture', () => {
    expect([...HOOKS.keys()].toSorted()).toEqual(Object.keys(SUMMARIES).toSorted());
  });

  it.each([...HOOKS])('records %s', async (name, hook) => {
    const response = await surface.post('/hooks/claude-code', hook);
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('{}');
    const stored = await newest(surface);
    expect(stored).toMatchObject({
      event_type: hook.hook_event_name,
      source_app: name === 'cwd-changed' ? 'src' : 'shop',
      session_id: hook.session_id,
      summary: SUMMARIES[name],
    });
    expect(stored.tool_name).toBe(hook.tool_name);
    expect(stored.agent_id).toBe(hook.agent_id);
    expect(stored.agent_type).toBe(hook.agent_type);
    expect(JSON.parse(stored.metadata ?? '')).toEqual(hook);
  });

  it('lists the sub-agent under its session', async () => {
    for (const name of ['session-start', 'subagent-start', 'pre-tool-use', 'subagent-stop']) {
      await surface.post('/hooks/claude-code', { ...HOOKS.get(name), session_id: 'with-agent' });
    }
    const { sessions } = sessionsSchema.parse(await (await surface.request('/events/sessions?limit=1')).json());
    expect(sessions).toMatchObject([
      {
        event_count: 4,
        agent_count: 1,
        agents: [{ agent_id: 'agent-7c1f', agent_type: 'Explore', event_count: 2, last_event_type: 'SubagentStop' }],
      },
    ]);
  });

  it('takes the app from the query, and any content type, as `curl -d @-` sends it', async () => {
    const response = await surface.request('/hooks/claude-code?source_app=billing', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: JSON.stringify({ hook_event_name: 'SomethingNew', tool_input: { file_path: '/a' } }),
    });
    expect(response.status).toBe(200);
    expect(await newest(surface)).toMatchObject({ source_app: 'billing', event_type: 'SomethingNew', summary: '/a' });
  });

  it('cuts a large tool response, marks the cut and keeps the metadata valid JSON', async () => {
    const tool_response = { stdout: '😀'.repeat(100_000), lines: Array.from({ length: 5_000 }, (_, index) => index) };
    await surface.post('/hooks/claude-code', { ...HOOKS.get('post-tool-use'), tool_response });
    const { metadata = '', tool_name } = await newest(surface);
    expect(metadata.length).toBeLessThanOrEqual(HOOK_METADATA_LENGTH);
    expect(metadata.length).toBeLessThan(EVENT_LIMITS.metadata);
    const kept = JSON.parse(metadata);
    expect(tool_name).toBe('Write');
    expect(kept.tool_input.file_path).toBe('/home/dev/shop/src/cart.ts');
    expect(kept.tool_response.stdout).toMatch(/^(?:😀)+… \[\d+ more characters\]$/u);
    expect(kept.tool_response.lines.at(-1)).toMatch(/^\[… \d+ more\]$/);
  });

  it('renames keys that could reach a prototype', async () => {
    const body = '{"hook_event_name":"Stop","tool_input":{"__proto__":{"a":1},"constructor":2}}';
    await surface.request('/hooks/claude-code', { method: 'POST', body });
    expect((await newest(surface)).metadata).toContain('{"[__proto__]":{"a":1},"[constructor]":2}');
  });

  it.each([
    ['invalid JSON', '{"hook_event_name":'],
    ['an array', '[]'],
    ['no event name', '{"session_id":"a"}'],
    ['a blank event name', '{"hook_event_name":" "}'],
  ])('refuses %s with 400', async (_, body) => {
    const before = surface.log.head().seq;
    const response = await surface.request('/hooks/claude-code', { method: 'POST', body });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: 'ValidationError', message: expect.any(String) });
    expect(surface.log.head().seq).toBe(before);
  });

  it('answers before a slow commit is done, and counts an event that is lost afterwards', async () => {
    const scheduled: { delayMs: number; action: () => void }[] = [];
    const clock: Clock = {
      ...systemClock,
      schedule(delayMs, action) {
        scheduled.push({ delayMs, action });
        return () => {};
      },
    };
    const commit = Promise.withResolvers<never>();
    const asked = Promise.withResolvers<void>();
    await using slow = await testSurface({
      clock,
      wrapLog: (log) =>
        new Proxy(log, {
          get(target, key) {
            if (key !== 'append') return Reflect.get(target, key, target);
            return () => {
              asked.resolve();
              return commit.promise;
            };
          },
        }),
    });
    const answer = slow.post('/hooks/claude-code', HOOKS.get('stop'));
    await asked.promise;
    await Promise.resolve();
    expect(scheduled.map(({ delayMs }) => delayMs)).toEqual([HOOK_ANSWER_MS]);
    scheduled[0]?.action();
    expect((await answer).status).toBe(200);
    commit.reject(new MillraceError('log_unavailable', 'disk full'));
    await commit.promise.catch(() => {});
    expect(await slow.rejects('hook_lost_after_answer')).toBe(1);
  });
});
