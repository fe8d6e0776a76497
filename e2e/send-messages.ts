/** A message as `POST /api/messages` takes it; everything has a default. */
export interface Sent {
  readonly id?: string;
  readonly channel?: string;
  readonly user?: string;
  readonly text?: string;
  readonly sent_at?: string;
}

/** Stores messages on a running server, in the order given, all at once. */
export async function sendMessages(url: string, ...messages: readonly Sent[]): Promise<void> {
  const response = await fetch(`${url}/api/messages`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(messages.map((message) => ({ channel: 'general', user: 'ada', text: 'hello', ...message }))),
  });
  if (response.status !== 201)
    throw new Error(`the messages were answered ${response.status}: ${await response.text()}`);
}

/** Messages `<prefix> 1`, `<prefix> 2` and so on. */
export function numbered(count: number, prefix: string, more: Sent = {}): Sent[] {
  return Array.from({ length: count }, (_, index) => ({ text: `${prefix} ${index + 1}`, ...more }));
}
