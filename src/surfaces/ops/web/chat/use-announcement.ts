import { useEffect, useRef, useState } from 'react';
import type { ChatMessage } from '../../events.ts';
import { announcementOf } from './chat-words.ts';

/** What to announce: the answer that has ended last while this was shown; empty before. */
export function useAnnouncement(messages: readonly ChatMessage[], person: string | null): string {
  const streaming = useRef<ReadonlySet<string>>(new Set());
  const [text, setText] = useState('');
  useEffect(() => {
    const ended = messages.findLast(({ id, status }) => status !== 'streaming' && streaming.current.has(id));
    if (ended) setText(announcementOf(ended, person));
    streaming.current = new Set(messages.flatMap(({ id, status }) => (status === 'streaming' ? [id] : [])));
  }, [messages, person]);
  return text;
}
