import type { Tone } from './connection-words.ts';

/** Text and ground of a tone. */
export const TONE_CLASSES: Record<Tone, string> = {
  good: 'bg-good-ground text-good',
  warn: 'bg-warn-ground text-warn',
  info: 'bg-info-ground text-info',
  bad: 'bg-bad-ground text-bad',
  quiet: 'bg-hover text-muted',
};
