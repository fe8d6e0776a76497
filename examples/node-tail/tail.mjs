// Prints what happens on a Millrace server, one line per event, until Ctrl-C:
//
//   node tail.mjs http://127.0.0.1:4000/stream
import { createFeed } from 'millrace';

const feed = createFeed({
  url: process.argv[2] ?? 'http://127.0.0.1:4000/stream',
  // Events that a program sent are data from outside: what does not look right is skipped and told.
  parse({ data }) {
    if (typeof data?.source_app !== 'string' || typeof data.event_type !== 'string')
      throw new TypeError('not an event');
    return data;
  },
  onInvalid: (message, cause) => console.error(`skipped ${message.cursor}: ${cause.message}`),
  onProblem: ({ message }) => console.error(message),
});

feed.subscribe(() => console.error(feed.status().name));
process.once('SIGINT', () => feed.stop());

for await (const events of feed) {
  for (const { id, source_app, event_type, summary } of events) {
    console.log([id, source_app, event_type, summary ?? ''].join('\t'));
  }
}
