import { expect, test } from 'vitest';
import type { ChatMessage } from '../../events.ts';
import { announcementOf, authorOf, connectionHindrance, endInWords } from './chat-words.ts';

const ANSWER: ChatMessage = {
  id: 'a',
  role: 'assistant',
  tokens: ['All', ' well'],
  status: 'complete',
  error: null,
  actor: 'ann',
  at: '2026-11-01T10:00:00.000Z',
};

test.each<[Partial<ChatMessage>, string | undefined]>([
  [{}, undefined],
  [{ status: 'streaming' }, undefined],
  [{ status: 'cancelled' }, 'Stopped by you.'],
  [{ status: 'cancelled', actor: 'bob' }, 'Stopped by bob.'],
  [{ status: 'cancelled', actor: null }, 'Stopped by somebody.'],
  [{ status: 'error', error: 'the model took too long' }, 'The answer broke off: the model took too long.'],
  [{ status: 'error', error: 'refused', tokens: [] }, 'No answer: refused.'],
  [{ status: 'error', error: 'interrupted: the server ended' }, 'Interrupted: the server ended.'],
  [{ status: 'error' }, 'The answer broke off: the reason is not known.'],
])('the end of %o in words', (members, words) => {
  expect(endInWords({ ...ANSWER, ...members }, 'ann')).toBe(words);
});

test('authors are named, and whoever reads is called so', () => {
  expect(authorOf(ANSWER, 'ann')).toBe('Assistant');
  const question: ChatMessage = { ...ANSWER, role: 'user' };
  expect([authorOf(question, 'ann'), authorOf(question, 'bob'), authorOf({ ...question, actor: null }, null)]).toEqual([
    'You',
    'ann',
    'You',
  ]);
});

test('an answer is announced by its text, a long one by its beginning, one without an end by why', () => {
  expect(announcementOf(ANSWER, 'ann')).toBe('Assistant: All well');
  const long = announcementOf({ ...ANSWER, tokens: ['x'.repeat(1_000)] }, 'ann');
  expect(long).toHaveLength('Assistant: '.length + 300 + '… The whole answer is in the conversation.'.length);
  expect(announcementOf({ ...ANSWER, status: 'cancelled' }, 'ann')).toBe('Assistant: Stopped by you.');
});

test('questions can be asked while the page hears what happens, by whatever way', () => {
  const names = [
    'connecting',
    'live',
    'reconnecting',
    'polling',
    'paused',
    'offline',
    'evicted',
    'unauthorized',
  ] as const;
  expect(names.filter((name) => connectionHindrance(name) === undefined)).toEqual(['live', 'polling']);
});
