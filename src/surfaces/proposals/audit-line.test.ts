import { describe, expect, it } from 'vitest';
import { csvLine } from './audit-line.ts';

const line = {
  id: 7,
  at: '2026-01-01T00:00:00.000Z',
  action: 'file.written',
  resource_type: 'proposal',
  resource_id: 'alpha.one',
  outcome: 'success',
  ip: '::1',
} as const;

describe('a line of CSV', () => {
  it.each([
    ['ann', 'ann'],
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    [' =1', "' =1"],
    ['\t=1', "'\t=1"],
    ['\r=1', '"\'\r=1"'],
    ['a,b', '"a,b"'],
    ['say "hi"', '"say ""hi"""'],
    ['=HYPERLINK("x","y")', '"\'=HYPERLINK(""x"",""y"")"'],
    ['a\nb', '"a\nb"'],
    ['', ''],
  ])('shows the actor %j as %j', (actor, cell) => {
    expect(csvLine({ ...line, actor })).toBe(
      `7,2026-01-01T00:00:00.000Z,${cell},file.written,proposal,alpha.one,success,::1,,\r\n`,
    );
  });

  it('shows values as JSON', () => {
    expect(csvLine({ ...line, actor: 'ann', after: { path: 'a' } })).toContain(',"{""path"":""a""}"\r\n');
  });
});
