/** An event as `POST /events` takes it; everything has a default. */
export interface Published {
  readonly timestamp?: string;
  readonly source_app?: string;
  readonly event_type?: string;
  readonly tool_name?: string;
  readonly summary?: string;
  readonly session_id?: string;
  readonly metadata?: string;
}

/** Stores events on a running server, in the order given. */
export async function publish(url: string, ...events: readonly Published[]): Promise<void> {
  const body = events.map((event) => ({
    timestamp: new Date().toISOString(),
    source_app: 'shop',
    event_type: 'PreToolUse',
    ...event,
  }));
  const response = await fetch(`${url}/events`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (response.status !== 201) throw new Error(`POST /events answered ${response.status}: ${await response.text()}`);
}
