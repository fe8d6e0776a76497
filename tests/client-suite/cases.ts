import type * as millrace from '../../src/client/index.ts';

/** What a case of the client's black-box suite is given; the same in Bun, Node and a browser. */
export interface SuiteContext {
  readonly millrace: typeof millrace;
  /** Where the server is. */
  readonly url: string;
  readonly transport: 'websocket' | 'sse';
}

export type SuiteCase = (context: SuiteContext) => Promise<void>;

const LIMIT_MS = 15_000;

/** Every case by its name. Cases share a server, so each looks only at the events that it posted itself. */
export const cases: Readonly<Record<string, SuiteCase>> = {
  'gives every event once and in order to a loop': async (context) => {
    const topic = uniqueTopic();
    const feed = openFeed(context, topic);
    const summaries: string[] = [];
    const reading = (async () => {
      for await (const batch of feed) {
        summaries.push(...batch);
        if (summaries.length >= 3) break;
      }
    })();
    await isLive(feed);
    await postEach(context, topic, ['a', 'b', 'c']);
    await until(() => summaries.length >= 3, feed);
    await reading;
    equal(summaries.join(), 'a,b,c');
  },

  'continues after a pause without a gap or a repeat': async (context) => {
    const topic = uniqueTopic();
    const received: string[] = [];
    const feed = openFeed(context, topic, (events) => received.push(...events));
    feed.start();
    await isLive(feed);
    await postEach(context, topic, ['a']);
    await until(() => received.length === 1, feed);
    feed.pause();
    await postEach(context, topic, ['b', 'c']);
    feed.resume();
    await isLive(feed);
    await postEach(context, topic, ['d']);
    await until(() => received.length >= 4, feed);
    feed.stop();
    equal(received.join(), 'a,b,c,d');
  },

  'starts from a snapshot and tails from its cursor': async (context) => {
    const topic = uniqueTopic();
    await postEach(context, topic, ['before']);
    const shown: string[] = [];
    const feed = openFeed(
      context,
      topic,
      (events) => shown.push(...events),
      async (signal) => {
        const answer = await fetch(`${context.url}/events/recent?source_app=${topic}`, { signal });
        const { events, cursor } = (await answer.json()) as { events: { summary: string }[]; cursor: string };
        shown.push(...events.map(({ summary }) => summary));
        return cursor;
      },
    );
    feed.start();
    await isLive(feed);
    await postEach(context, topic, ['after']);
    await until(() => shown.length >= 2, feed);
    feed.stop();
    equal(shown.join(), 'before,after');
  },

  'skips, counts and reports a message that parse refuses': async (context) => {
    const topic = uniqueTopic();
    const received: string[] = [];
    const refused: unknown[] = [];
    const feed = context.millrace.createFeed<string>({
      ...feedOptions(context),
      parse(message) {
        const event = eventOf(message);
        if (event.source_app === topic && event.summary === 'bad') throw new TypeError('bad');
        return event.source_app === topic ? event.summary : '';
      },
      onInvalid: (_message, cause) => refused.push(cause),
      onEvents: (events) => received.push(...events.filter((summary) => summary !== '')),
    });
    feed.start();
    await isLive(feed);
    await postEach(context, topic, ['a', 'bad', 'b']);
    await until(() => received.length >= 2, feed);
    equal(received.join(), 'a,b');
    equal(refused.length, 1);
    equal(feed.invalidCount(), 1);
    feed.stop();
  },

  'says that it reconnects while nobody listens': async (context) => {
    const feed = context.millrace.createFeed({ ...feedOptions(context), url: 'http://127.0.0.1:9/stream' });
    feed.start();
    await until(() => feed.status().name === 'reconnecting', feed);
    feed.stop();
  },
};

function openFeed(
  context: SuiteContext,
  topic: string,
  onEvents?: (events: readonly string[]) => void,
  snapshot?: (signal: AbortSignal) => Promise<string>,
): millrace.Feed<string> {
  return context.millrace.createFeed<string>({
    ...feedOptions(context),
    parse(message) {
      const { source_app, summary } = eventOf(message);
      if (source_app !== topic) throw new TypeError('of another case');
      return summary;
    },
    ...(onEvents && { onEvents }),
    ...(snapshot && { snapshot }),
  });
}

function feedOptions({ url, transport }: SuiteContext) {
  return { url: `${url}/stream`, transport, eventTypes: ['event'] } as const;
}

function eventOf(message: millrace.EventMessage): { readonly source_app: string; readonly summary: string } {
  return (message as unknown as { data: { source_app: string; summary: string } }).data;
}

function uniqueTopic(): string {
  return `suite-${Math.random().toString(36).slice(2)}`;
}

async function postEach({ url }: SuiteContext, topic: string, summaries: readonly string[]): Promise<void> {
  for (const summary of summaries) {
    const { status } = await fetch(`${url}/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ timestamp: new Date().toISOString(), source_app: topic, event_type: 'Stop', summary }),
    });
    equal(status, 201);
  }
}

const isLive = (feed: millrace.Feed<string>) => until(() => feed.status().name === 'live', feed);

/** Looks for a condition until a deadline; the suite runs without a test runner whose polling it could use. */
async function until(condition: () => boolean, feed: { status(): millrace.ConnectionStatus }): Promise<void> {
  const endsAt = Date.now() + LIMIT_MS;
  while (!condition()) {
    if (Date.now() > endsAt) throw new Error(`it never happened; the feed is ${feed.status().name}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function equal(actual: unknown, expected: unknown): void {
  if (actual !== expected) throw new Error(`expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`);
}
