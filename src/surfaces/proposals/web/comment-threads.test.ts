import { describe, expect, it } from 'vitest';
import { placeOf, threadsOf } from './comment-threads.ts';
import { sampleComment } from './testing/sample-proposal.ts';

describe('threads of comments', () => {
  it('have what is open first, then go by file and line', () => {
    const comments = [
      sampleComment({ id: 'done', status: 'accepted' }),
      sampleComment({ id: 'line 9', path: 'tasks.md', line: 9 }),
      sampleComment({ id: 'line 2', path: 'tasks.md', line: 2 }),
      sampleComment({ id: 'whole' }),
    ];
    expect(threadsOf(comments).map(({ root }) => root.id)).toEqual(['whole', 'line 2', 'line 9', 'done']);
  });

  it('hold their answers in order, and lose none whose beginning is unknown', () => {
    const comments = [
      sampleComment({ id: 'late', parent_id: 'root', created_at: '2026-11-21T09:00:00Z' }),
      sampleComment({ id: 'early', parent_id: 'root', created_at: '2026-11-21T08:00:00Z' }),
      sampleComment({ id: 'root' }),
      sampleComment({ id: 'orphan', parent_id: 'gone' }),
    ];
    const threads = threadsOf(comments).map(({ root, answers }) => [root.id, answers.map(({ id }) => id)]);
    expect(threads).toEqual([
      ['root', ['early', 'late']],
      ['orphan', []],
    ]);
  });

  it('say what they are about', () => {
    expect(placeOf({ path: 'tasks.md', line: 3 })).toBe('tasks.md, line 3');
    expect(placeOf({ path: 'tasks.md' })).toBe('tasks.md');
    expect(placeOf({})).toBeUndefined();
  });
});
