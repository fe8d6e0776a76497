import { describe, expect, it } from 'vitest';
import { alertRulesSchema, RULE_LIMITS } from './rule-settings.ts';

const rule = { code: 'agents-stopped', when: [{ type: 'observability.recorded' }] };

describe('rules of a configuration', () => {
  it('have defaults', () => {
    expect(alertRulesSchema.parse([rule])).toEqual([
      {
        kind: 'event',
        code: 'agents-stopped',
        severity: 'warning',
        cause: 'agents-stopped',
        title: 'agents-stopped',
        message: 'The rule agents-stopped of this installation was met.',
        link: null,
        count: 1,
        when: [{ type: 'observability.recorded', where: [] }],
      },
    ]);
  });

  it('may say everything', () => {
    const where = [
      { path: 'event_type', op: 'eq', value: 'StopFailure' },
      { path: 'n', op: 'gt', value: 1 },
      { path: 'tool_name', op: 'in', value: ['Bash', null] },
      { path: 'agent_id', op: 'exists', value: false },
    ];
    const texts = { severity: 'critical', cause: '{session_id}', title: 'T', message: 'M', link: '/events?a={b}' };
    const clear = [{ type: 'observability.recorded', where: [{ path: 'event_type', op: 'ne', value: 'Stop' }] }];
    const when = [{ type: 'observability.recorded', where, severity: 'info' }];
    const whole = { ...rule, ...texts, when, count: 3, window_s: 60, clear, clear_after_s: 600 };
    expect(alertRulesSchema.parse([whole])).toEqual([
      { kind: 'event', code: rule.code, ...texts, when, count: 3, windowMs: 60_000, clear, clearAfterMs: 600_000 },
    ]);
  });

  const wrong: readonly (readonly [string, object])[] = [
    ['a code with spaces', { code: 'a b' }],
    ['the code of a built-in rule', { code: 'client-errors' }],
    ['no records', { when: [] }],
    ['a type of no records', { when: [{ type: 'A B' }] }],
    ['records of alerts', { when: [{ type: 'ops.alert_changed' }] }],
    ['an unknown severity', { severity: 'bad' }],
    ['an unknown comparison', { when: [{ type: 't.t', where: [{ path: 'a', op: 'matches', value: '.*' }] }] }],
    ['a number compared with a text', { when: [{ type: 't.t', where: [{ path: 'a', op: 'gt', value: '1' }] }] }],
    ['a link to elsewhere', { link: '//evil.example' }],
    ['a link of a scheme', { link: 'javascript:alert(1)' }],
    ['a link that a browser reads as one to elsewhere', { link: '/\\evil.example' }],
    ['a count of none', { count: 0 }],
    ['a count beyond the bound', { count: RULE_LIMITS.count + 1 }],
    ['a window without length', { window_s: 0 }],
    ['a member that is misspelt', { windows: 5 }],
  ];
  it.each(wrong)('are refused with %s', (_, members) => {
    expect(alertRulesSchema.safeParse([{ ...rule, ...members }]).success).toBe(false);
  });

  it('are refused when two have the same code, or there are too many', () => {
    expect(alertRulesSchema.safeParse([rule, rule]).success).toBe(false);
    const many = (count: number) => Array.from({ length: count }, (_, index) => ({ ...rule, code: `r${index}` }));
    expect(alertRulesSchema.safeParse(many(RULE_LIMITS.rules)).success).toBe(true);
    expect(alertRulesSchema.safeParse(many(RULE_LIMITS.rules + 1)).success).toBe(false);
  });
});
