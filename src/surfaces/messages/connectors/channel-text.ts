import type { AddedBody } from './records.ts';

/** What a connector listens to, for people: `irc.libera.chat #a #b`; ports only where they aren't the usual ones. */
export function channelText({ server, port, channels }: AddedBody['settings']): string {
  const usual = port === 6_667 || port === 6_697;
  return [usual ? server : `${server}:${port}`, ...channels].join(' ');
}
