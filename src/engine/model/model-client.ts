import type { Clock } from '../clock.ts';

/** An OpenAI-compatible server, as configured. */
export interface ModelSettings {
  readonly baseUrl: string;
  readonly model: string;
  readonly apiKey?: string | undefined;
}

/** What a model is asked. */
export interface ModelPrompt {
  readonly system: string;
  /** The conversation so far, oldest first. */
  readonly messages: readonly ModelMessage[];
}

export interface ModelMessage {
  readonly role: 'user' | 'assistant';
  readonly content: string;
}

export interface ModelTimings {
  /** Of the whole answer. */
  readonly totalMs: number;
  /** Until the first piece and between two. */
  readonly silenceMs: number;
}

/** 10 minutes for an answer, a minute between two pieces. */
export const DEFAULT_MODEL_TIMINGS: ModelTimings = { totalMs: 600_000, silenceMs: 60_000 };

export interface ModelRequest {
  readonly settings: ModelSettings;
  readonly timings: ModelTimings;
  readonly clock: Clock;
  readonly prompt: ModelPrompt;
  /** Ends the request to the provider. */
  readonly signal: AbortSignal;
}

/** Why there is no answer; the message is for whoever asked and holds no secrets. */
export class ModelError extends Error {
  readonly code: 'provider' | 'timeout';

  constructor(code: ModelError['code'], message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'ModelError';
    this.code = code;
  }
}

/** The answer piece by piece. Throws {@link ModelError}; ends quietly when `signal` is aborted. */
export async function* streamAnswer({
  settings,
  timings,
  clock,
  prompt,
  signal,
}: ModelRequest): AsyncGenerator<string> {
  const request = new AbortController();
  let timedOut: string | undefined;
  const giveUp = (why: string) => () => {
    timedOut = why;
    request.abort();
  };
  const stop = () => request.abort();
  if (signal.aborted) return;
  signal.addEventListener('abort', stop, { once: true });
  const cancelTotal = clock.schedule(timings.totalMs, giveUp('the model took too long'));
  const silence = giveUp('the model said nothing for too long');
  let cancelSilence = clock.schedule(timings.silenceMs, silence);
  try {
    for await (const part of await open(settings, prompt, request.signal)) {
      if (signal.aborted) return;
      if (timedOut !== undefined) break;
      if (part.type === 'error') throw part.error;
      if (part.type === 'abort') break;
      if (part.type === 'finish' && part.finishReason !== 'stop') {
        throw new ModelError('provider', `the model's answer is not complete: ${part.rawFinishReason ?? 'no end'}`);
      }
      if (part.type !== 'text-delta') continue;
      cancelSilence();
      // Whoever reads slowly doesn't make the model silent.
      yield part.text;
      cancelSilence = clock.schedule(timings.silenceMs, silence);
    }
  } catch (error) {
    if (signal.aborted) return;
    if (timedOut === undefined) throw await asModelError(error);
  } finally {
    cancelTotal();
    cancelSilence();
    signal.removeEventListener('abort', stop);
    // Also when whoever reads has had enough.
    request.abort();
  }
  if (timedOut !== undefined && !signal.aborted) throw new ModelError('timeout', timedOut);
}

async function open({ baseUrl, model, apiKey }: ModelSettings, { system, messages }: ModelPrompt, signal: AbortSignal) {
  // Here, so that a server without a model starts without the SDK.
  const [{ createOpenAICompatible }, { streamText }] = await Promise.all([
    import('@ai-sdk/openai-compatible'),
    import('ai'),
  ]);
  const provider = createOpenAICompatible({
    name: 'millrace',
    baseURL: baseUrl,
    ...(apiKey === undefined ? {} : { apiKey }),
  });
  return streamText({
    model: provider(model),
    instructions: system,
    messages: [...messages],
    // Errors are parts of the stream; they are not to be printed.
    onError: () => {},
    maxRetries: 0,
    abortSignal: signal,
  }).stream;
}

async function asModelError(error: unknown): Promise<ModelError> {
  if (error instanceof ModelError) return error;
  const { APICallError } = await import('ai');
  // A stream that breaks off in the middle is told with the status it began with.
  if (APICallError.isInstance(error) && error.statusCode !== undefined && error.statusCode >= 400) {
    return new ModelError('provider', `the model's server answered ${error.statusCode}`, error);
  }
  return new ModelError('provider', "the model's server could not be reached or broke off", error);
}
