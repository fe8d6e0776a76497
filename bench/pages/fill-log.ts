const PER_REQUEST = 5_000;
const CHANNELS = 40;
const USERS = 5_000;
const TYPES = ['PreToolUse', 'PostToolUse', 'Stop', 'UserPromptSubmit'];

/** Stores `count` records on a running server: messages and agent events by turns. */
export async function fillLog(url: string, count: number): Promise<void> {
  for (let stored = 0; stored < count; stored += 2 * PER_REQUEST) {
    await post(`${url}/api/messages`, PER_REQUEST, (index) => message(stored + index));
    await post(`${url}/events`, PER_REQUEST, (index) => event(stored + index));
  }
}

/** Stores as many messages as events a second, until the function it returns is called. */
export function keepWriting(url: string, perSecond: number): () => void {
  const EVERY_MS = 50;
  const perTick = Math.max(1, Math.round((perSecond * EVERY_MS) / 1_000));
  let next = 0;
  const timer = setInterval(() => {
    next += perTick;
    void post(`${url}/api/messages`, perTick, (index) => message(next + index)).catch(() => {});
    void post(`${url}/events`, perTick, (index) => event(next + index)).catch(() => {});
  }, EVERY_MS);
  return () => clearInterval(timer);
}

function message(index: number) {
  return {
    channel: `channel-${index % CHANNELS}`,
    user: `user-${(index * 7) % USERS}`,
    text: `message ${index} about the build, the release and the weather`,
  };
}

function event(index: number) {
  return {
    timestamp: new Date().toISOString(),
    source_app: `app-${index % 7}`,
    session_id: `session-${index % 90}`,
    event_type: TYPES[index % TYPES.length],
    summary: `event ${index} of an agent that reads files`,
    metadata: '{}',
  };
}

async function post(url: string, count: number, item: (index: number) => object): Promise<void> {
  const body = Array.from({ length: count }, (_, index) => `${JSON.stringify(item(index))}\n`).join('');
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/x-ndjson' }, body });
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  await response.arrayBuffer();
}
