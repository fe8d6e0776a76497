import * as z from 'zod';
import { DEFAULT_RECONNECT_POLICY, reconnectDelayMs } from '../../protocol/reconnect-policy.ts';
import { CommandFailure } from '../failure.ts';

/** What became of a request, when trying the same one again would change nothing. */
export type PostOutcome =
  | { readonly kind: 'accepted'; readonly firstId: number | undefined; readonly lastId: number | undefined }
  /** The line with this number, from 0, is wrong; nothing of the request was stored. */
  | { readonly kind: 'bad-line'; readonly line: number; readonly message: string }
  | { readonly kind: 'too-large' };

export interface PostOptions {
  /** Full URL of the endpoint. */
  readonly endpoint: string;
  /** How often a request is tried again after 429, 503 or no answer. */
  readonly retries: number;
  readonly onRetry: (reason: string, delayMs: number) => void;
  readonly sleep: (ms: number) => Promise<void>;
}

const acceptedSchema = z.looseObject({ first_id: z.number().optional(), last_id: z.number().optional() });
const refusalSchema = z.looseObject({
  message: z.string().optional(),
  error: z.unknown().optional(),
  details: z.looseObject({ line: z.number().optional() }).optional(),
});
const RETRYABLE: ReadonlySet<number> = new Set([429, 502, 503, 504]);
/** A server that says nothing for so long is taken for gone. */
const ANSWER_TIMEOUT_MS = 60_000;

/**
 * Sends NDJSON under an idempotency key: when an answer was lost, the request sent again stores nothing twice. Throws a
 * {@link CommandFailure} when the server can't be reached or refuses the whole request.
 */
export async function postBatch(body: string, key: string, options: PostOptions): Promise<PostOutcome> {
  for (let failures = 1; ; failures += 1) {
    const answer = await post(options.endpoint, body, key);
    if (answer.kind !== 'try-again') return answer;
    if (failures > options.retries) throw new CommandFailure(`${options.endpoint}: ${answer.reason}, given up`);
    const backOff = reconnectDelayMs(DEFAULT_RECONNECT_POLICY, { failures, healthyForMs: 0, random: Math.random() });
    const delayMs = answer.retryAfterMs ?? backOff;
    options.onRetry(answer.reason, delayMs);
    await options.sleep(delayMs);
  }
}

type Answer = PostOutcome | { readonly kind: 'try-again'; readonly reason: string; readonly retryAfterMs?: number };

async function post(endpoint: string, body: string, key: string): Promise<Answer> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson', 'idempotency-key': key },
      body,
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    });
    text = await response.text();
  } catch (error) {
    return { kind: 'try-again', reason: error instanceof Error ? error.message : String(error) };
  }
  if (RETRYABLE.has(response.status)) return tryAgain(response, text);
  if (response.status === 413) return { kind: 'too-large' };
  if (!response.ok) return refused(endpoint, response.status, text);
  const accepted = acceptedSchema.safeParse(parse(text)).data;
  return { kind: 'accepted', firstId: accepted?.first_id, lastId: accepted?.last_id };
}

function tryAgain(response: Response, text: string): Answer {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  const reason = `HTTP ${response.status}: ${messageOf(text)}`;
  return Number.isFinite(seconds)
    ? { kind: 'try-again', reason, retryAfterMs: seconds * 1_000 }
    : { kind: 'try-again', reason };
}

function refused(endpoint: string, status: number, text: string): Answer {
  const line = refusalSchema.safeParse(parse(text)).data?.details?.line;
  if (status !== 400 || line === undefined) {
    throw new CommandFailure(`${endpoint} answered HTTP ${status}: ${messageOf(text)}`);
  }
  return { kind: 'bad-line', line: line - 1, message: messageOf(text).replace(/^line \d+: /, '') };
}

function messageOf(text: string): string {
  const refusal = refusalSchema.safeParse(parse(text)).data;
  const nested = z.looseObject({ message: z.string() }).safeParse(refusal?.error).data;
  return refusal?.message ?? nested?.message ?? text.slice(0, 200);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
