import * as z from 'zod';
import { type Connector, connectorSchema, connectorsSchema } from '../../protocol/connector.ts';
import { CommandFailure } from '../failure.ts';

const refusalSchema = z.looseObject({ error: z.looseObject({ message: z.string() }) });
const ANSWER_TIMEOUT_MS = 30_000;

/** `POST /api/connectors`. Throws a {@link CommandFailure} with the server's words when it refuses. */
export async function addConnector(url: string, input: object): Promise<Connector> {
  const body = JSON.stringify(input);
  const headers = { 'content-type': 'application/json' };
  return connectorSchema.parse(await ask(`${url}/api/connectors`, { method: 'POST', headers, body }));
}

export async function readConnector(url: string, id: string): Promise<Connector> {
  const { connectors } = connectorsSchema.parse(await ask(`${url}/api/connectors`));
  const connector = connectors.find((other) => other.id === id);
  if (!connector) throw new CommandFailure(`the connector ${id} was removed meanwhile`);
  return connector;
}

async function ask(endpoint: string, init: RequestInit = {}): Promise<unknown> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(endpoint, { ...init, signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) });
    text = await response.text();
  } catch (error) {
    throw new CommandFailure(`${endpoint}: ${error instanceof Error ? error.message : String(error)}`);
  }
  const value = parse(text);
  if (response.ok && value !== undefined) return value;
  const refusal = refusalSchema.safeParse(value).data;
  const reason = refusal?.error.message ?? text.slice(0, 200);
  throw new CommandFailure(`${endpoint} answered HTTP ${response.status}: ${reason}`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
