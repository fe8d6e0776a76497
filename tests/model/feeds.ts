import type { ModelEvent } from './log-model.ts';

/** The feeds that are followed. All read one log; each leaves out what others show. */
export const FEEDS = {
  events: { path: '/stream', channel: undefined, shows: ({ channel }: ModelEvent) => channel === undefined },
  messages: {
    path: '/live?view=messages',
    channel: undefined,
    shows: ({ channel }: ModelEvent) => channel !== undefined,
  },
  red: {
    path: '/live?view=messages&channel=red',
    channel: 'red',
    shows: ({ channel }: ModelEvent) => channel === 'red',
  },
  blue: {
    path: '/live?view=messages&channel=blue',
    channel: 'blue',
    shows: ({ channel }: ModelEvent) => channel === 'blue',
  },
} as const;

export type FeedName = keyof typeof FEEDS;
export const FEED_NAMES = ['events', 'messages', 'red', 'blue'] as const satisfies readonly FeedName[];

/** The text of what a feed has shown, or undefined for a row beside its events. */
export function shownText(message: Readonly<Record<string, unknown>>): string | undefined {
  if (message.type === 'message') return String(message.text);
  if (message.type === 'event') return (message.data as { summary: string }).summary;
  return undefined;
}
