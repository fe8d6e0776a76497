import type { Criterion } from '../criterion.ts';
import { type FeedMessage, isEvent } from '../probes/feed-messages.ts';
import type { Probe, StreamingTransport } from '../probes/probe.ts';
import { CaseSkipped, expectEqual, expectThat } from '../verdict.ts';
import { headOf, publishEvents } from './publish.ts';

const PATH = '/stream';
const LIMIT_MS = 5_000;

const summaryOf = ({ data }: FeedMessage) => {
  const { session_id, id } = (data ?? {}) as { session_id?: string; id?: number };
  return { session_id, id };
};

/** What is asked of every feed about positions and resuming, judged on `/stream`. */
export const feedPositionCriteria: readonly Criterion[] = [
  {
    name: 'switch-without-gap-or-repeat',
    words: 'A client can lose one transport and continue on another without a gap or a repeat.',
    async judge(probe) {
      let cursor = await headOf(probe);
      const { session, ids } = await publishEvents(probe, 15);
      const seen: (number | undefined)[] = [];
      const take = (events: readonly FeedMessage[]) => {
        for (const event of events) {
          cursor = event.cursor;
          const { session_id, id } = summaryOf(event);
          if (session_id === session) seen.push(id);
        }
      };
      const ways: readonly StreamingTransport[] = ['sse', 'websocket', 'millrace.v1', 'sse'];
      for (const way of ways) {
        const feed = await probe.feed(PATH, way, { query: { cursor } });
        const events = await feed.until(`events by ${way}`, LIMIT_MS, (all) => {
          const shown = all.filter(isEvent);
          return shown.length >= 3 && shown;
        });
        take(events.slice(0, 3));
        feed.close();
      }
      const end = probe.limit(LIMIT_MS) + performance.now();
      while (!seen.includes(ids.at(-1)) && performance.now() < end) {
        take((await probe.ask(`${PATH}?cursor=${cursor}&wait=1`)).json().events);
      }
      expectEqual(seen, ids, 'the events that were seen over five connections');
    },
  },
  {
    name: 'last-event-id-wins',
    words: '`cursor=` (or the `Last-Event-ID` header, which wins).',
    async judge(probe) {
      const before = await headOf(probe);
      const { ids } = await publishEvents(probe, 2);
      const after = await headOf(probe);
      const feed = await probe.feed(PATH, 'sse', { query: { cursor: after }, headers: { 'last-event-id': before } });
      await feed.until('event after the position of the header', LIMIT_MS, (all) =>
        all.some((one) => summaryOf(one).id === ids[0]),
      );
    },
  },
  {
    name: 'earliest-and-latest',
    words: 'Words `earliest` and `latest` are accepted where a cursor is.',
    async judge(probe) {
      await publishEvents(probe, 1);
      const first = await probe.ask(`${PATH}?cursor=earliest`);
      expectEqual(first.status, 200, 'the status for earliest');
      expectThat(first.json().events.length > 0, 'no event after earliest');
      const newest = await probe.ask(`${PATH}?cursor=latest`);
      expectEqual(newest.json().events, [], 'the events after latest');
      expectEqual(newest.json().upToDate, true, 'upToDate at latest');
    },
  },
  {
    name: 'foreign-epoch',
    words:
      'epoch or tag differ: `reset`, reason `epoch_changed`; SSE `event: reset`, WS `{"type":"reset",…}`, data `{"reason","cursor"}`.',
    async judge(probe) {
      const [epoch = '', seq, tag] = (await headOf(probe)).split('.');
      const other = epoch.startsWith('0') ? '1' : '0';
      await expectReset(probe, `${other}${epoch.slice(1)}.${seq}.${tag}`, 'epoch_changed');
    },
  },
  {
    name: 'foreign-tag',
    words: 'A database copied back from a backup keeps its epoch and reuses numbers; the tag is what catches it.',
    async judge(probe) {
      await publishEvents(probe, 1);
      const [epoch, seq, tag = ''] = (await headOf(probe)).split('.');
      await expectReset(probe, `${epoch}.${seq}.${tag.startsWith('0') ? '1' : '0'}${tag.slice(1)}`, 'epoch_changed');
    },
  },
  {
    name: 'future',
    words: 'seq beyond the head: `reset`, reason `cursor_future`.',
    async judge(probe) {
      const [epoch, seq, tag] = (await headOf(probe)).split('.');
      await expectReset(probe, `${epoch}.${Number(seq) + 1_000_000_000}.${tag}`, 'cursor_future');
    },
  },
  {
    name: 'expired',
    words: 'seq trimmed by retention: `reset`, reason `cursor_expired` (HTTP: 410); never a partial replay.',
    async judge(probe) {
      const [epoch] = (await headOf(probe)).split('.');
      const beginning = `${epoch}.0.0`;
      const page = await probe.ask(`${PATH}?cursor=${beginning}`);
      if (page.status === 200) throw new CaseSkipped('retention has removed nothing from this log yet');
      await expectReset(probe, beginning, 'cursor_expired');
    },
  },
  {
    name: 'no-cursor',
    words: 'not a cursor: HTTP 400.',
    async judge(probe) {
      for (const text of ['nonsense', '1', 'a.b.c', '..', 'a.-1.b', `a.${'9'.repeat(30)}.b`]) {
        const query = { cursor: text };
        expectEqual((await probe.ask(`${PATH}?cursor=${text}`)).status, 400, `the status of JSON for ${text}`);
        expectEqual((await probe.stream(PATH, { query })).status, 400, `the status of SSE for ${text}`);
        expectEqual((await probe.socket(PATH, { query })).status, 400, `the status of a WebSocket for ${text}`);
      }
    },
  },
];

/** On every transport; and the stream goes on from the position of the reset. */
async function expectReset(probe: Probe, cursor: string, reason: string): Promise<void> {
  const page = await probe.ask(`${PATH}?cursor=${cursor}`);
  expectEqual(page.status, 410, 'the status of JSON');
  expectEqual(page.json().error?.code, reason, 'the code of JSON');
  for (const way of ['sse', 'websocket', 'millrace.v1'] as const) {
    const feed = await probe.feed(PATH, way, { query: { cursor } });
    const reset = await feed.until(`reset by ${way}`, LIMIT_MS, (all) => all.find(({ type }) => type === 'reset'));
    expectEqual(reset.reason, reason, `the reason by ${way}`);
    const isReplayed = feed.events().length > 0 && feed.messages().findIndex(isEvent) < feed.messages().indexOf(reset);
    expectThat(!isReplayed, `events came before the reset by ${way}`);
    const goesOn = await probe.ask(`${PATH}?cursor=${reset.cursor}`);
    expectEqual(goesOn.status, 200, `the status at the position of the reset by ${way}`);
    feed.close();
  }
}
