import type { ConnectionStateName, ConnectionStatus } from '../client/connection-state.ts';

/** Emerald, amber, sky, rose and grey; never without words beside them. */
export type Tone = 'good' | 'warn' | 'info' | 'bad' | 'quiet';

export interface ConnectionWords {
  readonly text: string;
  readonly tone: Tone;
  /** What the page can do about it; undefined when there is nothing to do. */
  readonly action: 'reconnect' | 'resume' | undefined;
}

const WORDS: Record<ConnectionStateName, ConnectionWords> = {
  connecting: { text: 'Connecting…', tone: 'quiet', action: undefined },
  live: { text: 'Connected', tone: 'good', action: undefined },
  reconnecting: { text: 'Reconnecting…', tone: 'warn', action: 'reconnect' },
  polling: { text: 'Polling', tone: 'info', action: 'reconnect' },
  paused: { text: 'Offline', tone: 'bad', action: 'resume' },
  offline: { text: 'Offline', tone: 'bad', action: 'reconnect' },
  evicted: { text: 'Opened elsewhere', tone: 'bad', action: 'reconnect' },
  unauthorized: { text: 'Not signed in', tone: 'bad', action: 'reconnect' },
};

export function connectionWords(name: ConnectionStateName): ConnectionWords {
  return WORDS[name];
}

/** "in 3 s", counted so that it reaches 1 before the attempt begins; empty while none is scheduled. */
export function countdown({ nextRetryAt }: ConnectionStatus, now: number): string {
  return nextRetryAt === undefined ? '' : `in ${Math.max(1, Math.ceil((nextRetryAt - now) / 1_000))} s`;
}
