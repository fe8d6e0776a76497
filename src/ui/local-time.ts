/** ISO 8601 as an `<input type="datetime-local">` wants it, in local time. */
export function toLocalInput(iso: string | undefined): string {
  if (iso === undefined) return '';
  const date = new Date(iso);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}

/** What such an input holds, as ISO 8601; undefined when it is empty. */
export function fromLocalInput(text: string): string | undefined {
  const at = new Date(text).getTime();
  return text === '' || Number.isNaN(at) ? undefined : new Date(at).toISOString();
}
