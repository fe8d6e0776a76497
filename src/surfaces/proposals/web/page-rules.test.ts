import { describe, expect, it } from 'vitest';
import { ApiError, explain, refusalOf } from './api-error.ts';
import { createDrafts } from './file-draft.ts';
import { createHindrance, lockChoice, timeLeft } from './project-access.ts';
import { proposalSearchSchema } from './proposal-search.ts';
import { whyNot } from './status-ways.ts';
import { readSummary, summaryText } from './validation-summary.ts';

const lock = { holder: 'ann', since: '2026-11-21T07:00:00Z', expires_at: '2026-11-21T07:30:00Z' };
const session = (user: string, ...roles: string[]) =>
  ({ user, roles, is_admin: roles.includes('admin'), projects: '*' }) as const;

describe('a lock', () => {
  it('can be taken when it is free, given back by its holder, and taken over by an admin', () => {
    expect(lockChoice(session('ray', 'author'), null)).toBe('lock');
    expect(lockChoice(session('ann', 'author'), lock)).toBe('unlock');
    expect(lockChoice(session('ada', 'admin'), lock)).toBe('take_over');
    expect(lockChoice(session('ray', 'author'), lock)).toBe('none');
  });

  it('counts down to its end', () => {
    expect(timeLeft(lock.expires_at, Date.parse('2026-11-21T07:00:55Z'))).toBe('29:05');
    expect(timeLeft(lock.expires_at, Date.parse('2026-11-21T07:30:00Z'))).toBeUndefined();
  });

  it('keeps others from making proposals, as their role does', () => {
    expect(createHindrance(session('ray', 'author'), lock)).toBe('ann has locked the project.');
    expect(createHindrance(session('ann', 'author'), lock)).toBeUndefined();
    expect(createHindrance(session('vic', 'viewer'))).toBe('Only authors and admins may do this.');
  });
});

describe('a status that cannot be set', () => {
  it('says why', () => {
    expect(whyNot('merged', 'draft', {})).toBe('Merged is final.');
    expect(whyNot('draft', 'merged', {})).toBe('From draft the way leads to review.');
    expect(whyNot('draft', 'review', { hindrance: 'Locked.' })).toBe('Locked.');
    expect(whyNot('review', 'ready', { allowed: ['draft'] })).toBe('Your role may not do this.');
    expect(whyNot('review', 'ready', { allowed: ['draft', 'ready'] })).toBeUndefined();
  });
});

describe('a refusal of the server', () => {
  it('is a sentence, with what is wrong with each field', () => {
    const details = { issues: [{ path: 'title', message: 'is empty' }] };
    expect(explain(new ApiError('bad', { status: 400, code: 'invalid_request', details }))).toBe('Title is empty.');
    expect(explain(new ApiError('ann has it', { status: 409, code: 'conflict' }))).toBe('Ann has it.');
  });

  it('is found behind the error that carries it', () => {
    const refusal = new ApiError('no', { status: 403, code: 'forbidden' });
    expect(refusalOf(new Error('outer', { cause: refusal }))).toBe(refusal);
    expect(refusalOf(new Error('other'))).toBeUndefined();
  });
});

describe('a draft', () => {
  it('outlives the editor until it is saved or given up, and is nobody else’s', () => {
    const stored = new Map<string, string>();
    const drafts = createDrafts(() => ({
      getItem: (name) => stored.get(name) ?? null,
      setItem: (name, value) => void stored.set(name, value),
      removeItem: (name) => void stored.delete(name),
    }));
    drafts.write('a.b', 'tasks.md', { text: 'mine', etag: 'e1' });
    expect(drafts.read('a.b', 'tasks.md')).toEqual({ text: 'mine', etag: 'e1' });
    expect(drafts.read('a.c', 'tasks.md')).toBeUndefined();
    drafts.write('a.b', 'tasks.md', undefined);
    expect(drafts.read('a.b', 'tasks.md')).toBeUndefined();
  });

  it('that cannot be read is none, and storage that refuses is no failure', () => {
    const refuse = () => {
      throw new Error('full');
    };
    const drafts = createDrafts(() => ({ getItem: () => '{"text":', setItem: refuse, removeItem: refuse }));
    expect(drafts.read('a.b', 'x')).toBeUndefined();
    expect(() => drafts.write('a.b', 'x', { text: 'mine' })).not.toThrow();
  });
});

describe('the summary of a validation', () => {
  it('says in one line how it ended', () => {
    const issues = [{ level: 'ERROR', path: 'a', message: 'b' }];
    expect(summaryText({ totals: { items: 1, passed: 0, failed: 1 }, issues })).toBe('1 of 1 item not valid, 1 issue');
    expect(summaryText({ totals: { items: 2, passed: 2, failed: 0 } })).toBe('2 items valid');
    expect(summaryText({ exit_code: 1, unavailable: 'no JSON' })).toBe('exit code 1, no JSON');
  });

  it('of an unknown shape is none', () => {
    expect(readSummary('passed')).toBeUndefined();
    expect(readSummary({ exit_code: 0, more: true })).toEqual({ exit_code: 0 });
  });
});

describe('the URL of a proposal', () => {
  it('leaves out what it does not know', () => {
    expect(proposalSearchSchema.parse({ part: 'comments', view: 'x', version: '0', file: 'a.md' })).toEqual({
      part: 'comments',
      file: 'a.md',
    });
  });
});
