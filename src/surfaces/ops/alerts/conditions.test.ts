import { describe, expect, it } from 'vitest';
import { type Comparison, fillTemplate, fillText, holds, memberAt } from './conditions.ts';

const body = { status: 'failed', n: 3, ok: false, none: null, nested: { list: ['a', { b: 1 }] } };

describe('a path', () => {
  it('leads through objects and arrays, to own members only', () => {
    expect(memberAt(body, 'nested.list.1.b')).toBe(1);
    expect(memberAt(body, 'none')).toBeNull();
    for (const path of ['missing', 'status.length', 'nested.list.length.x', 'constructor', '__proto__', 'none.x', '']) {
      expect(memberAt(body, path)).toBeUndefined();
    }
  });
});

describe('a comparison', () => {
  const cases: readonly (readonly [Comparison, boolean])[] = [
    [{ path: 'status', op: 'eq', value: 'failed' }, true],
    [{ path: 'status', op: 'eq', value: 'passed' }, false],
    [{ path: 'n', op: 'eq', value: '3' as string }, false],
    [{ path: 'none', op: 'eq', value: null }, true],
    [{ path: 'missing', op: 'eq', value: null }, false],
    [{ path: 'status', op: 'ne', value: 'passed' }, true],
    [{ path: 'status', op: 'ne', value: 'failed' }, false],
    [{ path: 'missing', op: 'ne', value: 'failed' }, false],
    [{ path: 'n', op: 'gt', value: 2 }, true],
    [{ path: 'n', op: 'gt', value: 3 }, false],
    [{ path: 'status', op: 'gt', value: 0 }, false],
    [{ path: 'n', op: 'lt', value: 4 }, true],
    [{ path: 'n', op: 'lt', value: 3 }, false],
    [{ path: 'missing', op: 'lt', value: 3 }, false],
    [{ path: 'ok', op: 'in', value: [true, false] }, true],
    [{ path: 'n', op: 'in', value: [1, 2] }, false],
    [{ path: 'missing', op: 'in', value: [null] }, false],
    [{ path: 'nested.list.0', op: 'exists' }, true],
    [{ path: 'missing', op: 'exists' }, false],
    [{ path: 'missing', op: 'exists', value: false }, true],
    [{ path: 'none', op: 'exists', value: false }, false],
  ];
  it.each(cases)('%j is %s', (comparison, expected) => {
    expect(holds(comparison, body)).toBe(expected);
  });
});

describe('a template', () => {
  it('shows the members it names, on one line and cut', () => {
    const value = { id: 'a b', text: `x\n${'y'.repeat(300)}` };
    expect(fillTemplate('/p/{id}?n={n}', { ...body, id: 'a/b?' }, encodeURIComponent)).toBe('/p/a%2Fb%3F?n=3');
    expect(fillText('{text}', value)).toBe(`x ${'y'.repeat(198)}…`);
  });

  it('is nothing, or has a question mark, where a member is missing or no scalar', () => {
    expect(fillTemplate('{missing}', body)).toBeUndefined();
    expect(fillTemplate('{nested}', body)).toBeUndefined();
    expect(fillText('{status}: {missing} {none}', body)).toBe('failed: ? ?');
  });
});
