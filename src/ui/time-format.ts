const DAY_MS = 86_400_000;

let formats = formatsOf(undefined);

/**
 * The time zone that times are shown in. Default: the browser's; a server renders in the one its reader is in. Throws a
 * RangeError for none.
 */
export function showTimeZone(timeZone: string | undefined): void {
  formats = formatsOf(timeZone);
}

function formatsOf(timeZone: string | undefined) {
  return {
    clock: new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit', timeZone }),
    day: new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone }),
    full: new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium', timeZone }),
  };
}

/** `10:31:05.123` in local time; a moment that is not of the last day begins with its date. */
export function clockTime(at: number, now: number): string {
  const date = new Date(at);
  const time = `${formats.clock.format(date)}.${String(date.getMilliseconds()).padStart(3, '0')}`;
  return Math.abs(now - at) < DAY_MS ? time : `${formats.day.format(date)} ${formats.clock.format(date)}`;
}

/** `10:31:05` in local time; a moment that is not of the last day is `3 Nov 10:31`. For lists of what people wrote. */
export function shortTime(at: number, now: number): string {
  const date = new Date(at);
  const time = formats.clock.format(date);
  return Math.abs(now - at) < DAY_MS ? time : `${formats.day.format(date)} ${time.slice(0, 5)}`;
}

/** `10:31`; with its date when it is not of the last day. */
export function clockMinute(at: number, now: number): string {
  const time = formats.clock.format(new Date(at)).slice(0, 5);
  return Math.abs(now - at) < DAY_MS ? time : `${formats.day.format(new Date(at))} ${time}`;
}

export function fullTime(at: number): string {
  return formats.full.format(new Date(at));
}

/** `now`, `12 s`, `3 min`, `5 h`, `2 d`: how long ago something was. */
export function age(at: number, now: number): string {
  const seconds = Math.floor((now - at) / 1_000);
  if (seconds < 1) return 'now';
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

/** `just now`, `1 minute ago`, `5 hours ago`: {@link age} in a sentence. */
export function ago(at: number, now: number): string {
  const seconds = Math.floor((now - at) / 1_000);
  if (seconds < 1) return 'just now';
  if (seconds < 60) return `${counted(seconds, 'second')} ago`;
  if (seconds < 3_600) return `${counted(Math.floor(seconds / 60), 'minute')} ago`;
  if (seconds < 86_400) return `${counted(Math.floor(seconds / 3_600), 'hour')} ago`;
  return `${counted(Math.floor(seconds / 86_400), 'day')} ago`;
}

function counted(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

/** The start of an id, enough to tell sessions apart at a glance. */
export function shortId(id: string): string {
  return id.length > 12 ? id.slice(0, 8) : id;
}
