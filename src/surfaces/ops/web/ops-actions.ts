import * as z from 'zod/mini';
import { asSentence } from '../../../ui/as-sentence.ts';
import { type Alert, alertSchema, type Ingestion, type IngestionState, ingestionStateSchema } from '../events.ts';
import { sessionSchema } from './session.ts';

/** What a person can do on the page. Each rejects with a sentence for people when it was not done. */
export interface OpsActions {
  /** Says that somebody has seen an alert. */
  acknowledge(id: string): Promise<Alert>;
  /** Pauses the taking in of events, or lets it go on. */
  setIngestion(mode: Ingestion['mode']): Promise<IngestionState>;
  /** Asks the assistant; the answer comes by the feed. */
  ask(message: string): Promise<void>;
  /** Ends an answer where it stands. */
  stopAnswer(id: string): Promise<void>;
  /** Empties the transcript, for everybody. */
  clearChat(): Promise<void>;
}

export interface OpsActionsOptions {
  /** Default: the browser's. */
  readonly fetch?: (path: string, init: RequestInit) => Promise<Response>;
  /** Told whose session was begun for something that only known people may do. */
  readonly onSignedIn: (person: string) => void;
}

const errorSchema = z.object({ error: z.object({ message: z.string() }) });
const ACCEPT = { accept: 'application/json' };

export function createOpsActions(options: OpsActionsOptions): OpsActions {
  const { fetch = (path, init) => globalThis.fetch(path, init), onSignedIn } = options;

  /** Whoever sits at the machine of the server needs no token to sign in; elsewhere this is refused. */
  async function signIn(): Promise<boolean> {
    const response = await fetch('/auth/session', { method: 'POST', headers: ACCEPT });
    if (response.ok) onSignedIn(sessionSchema.parse(await response.json()).user);
    return response.ok;
  }

  async function send(method: 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<unknown> {
    const init: RequestInit =
      body === undefined
        ? { method, headers: ACCEPT }
        : { method, headers: { ...ACCEPT, 'content-type': 'application/json' }, body: JSON.stringify(body) };
    const first = await fetch(path, init);
    const response = first.status === 401 && (await signIn()) ? await fetch(path, init) : first;
    const answer: unknown = await response.json().catch(() => undefined);
    if (response.ok) return answer;
    const { data } = errorSchema.safeParse(answer);
    throw new Error(data ? asSentence(data.error.message) : `The server answered ${response.status} to ${path}.`);
  }

  return {
    acknowledge: async (id) =>
      alertSchema.parse(await send('POST', `/api/alerts/${encodeURIComponent(id)}/acknowledge`)),
    setIngestion: async (mode) => ingestionStateSchema.parse(await send('PUT', '/api/ops/ingestion', { mode })),
    async ask(message) {
      await send('POST', '/ops/chat', { message });
    },
    async stopAnswer(id) {
      await send('DELETE', `/ops/chat/${encodeURIComponent(id)}`);
    },
    async clearChat() {
      await send('DELETE', '/ops/chat');
    },
  };
}
