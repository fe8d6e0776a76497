import type { Criterion } from '../criterion.ts';
import { type Markers, markersIn } from '../probes/markers.ts';
import type { Probe } from '../probes/probe.ts';
import { expectEqual, expectThat } from '../verdict.ts';

const CONTRACT = 'tau-ops-stream-contract';

/** Spec 000: the markers of the server-rendered page `/ops`, and the feed behind them. */
export const opsCriteria: readonly Criterion[] = [
  {
    name: 'C-01',
    words: 'stream section declares websocket and connect-on-load.',
    async judge(probe) {
      await expectMarkers(probe, {
        'data-component': 'RealtimeStreamContract',
        'data-operator-visible': 'false',
        'data-stream-transport': 'websocket',
        'data-stream-connect-on-load': 'true',
      });
    },
  },
  {
    name: 'C-02',
    words: 'heartbeat target marker points to KPI/stat-card surface.',
    async judge(probe) {
      const markers = await expectMarkers(probe, { 'data-heartbeat-target': 'tau-ops-kpi-grid' });
      const grid = only(markers, 'tau-ops-kpi-grid');
      const cards = markers.all.filter((one) => one['data-component'] === 'StatCard' && 'data-kpi-card' in one);
      expectEqual(grid['data-kpi-card-count'], String(cards.length), 'data-kpi-card-count, against the cards');
      expectThat(
        cards.every((card) => (card['data-kpi-value'] ?? '') !== ''),
        'a card has no data-kpi-value',
      );
    },
  },
  {
    name: 'C-03',
    words: 'alert stream target marker points to alert feed.',
    async judge(probe) {
      only(
        await expectMarkers(probe, { 'data-alert-feed-target': 'tau-ops-alert-feed-list' }),
        'tau-ops-alert-feed-list',
      );
    },
  },
  {
    name: 'C-04',
    words: 'chat stream mode declares no-polling token stream.',
    async judge(probe) {
      await expectMarkers(probe, { 'data-chat-stream-mode': 'websocket', 'data-chat-polling': 'disabled' });
    },
  },
  {
    name: 'C-05',
    words: 'connector-health stream target marker points to connector table.',
    async judge(probe) {
      const target = 'tau-ops-connector-table-body';
      only(await expectMarkers(probe, { 'data-connector-health-target': target }), target);
    },
  },
  {
    name: 'C-06',
    words: 'reconnect/backoff strategy markers are present.',
    async judge(probe) {
      const markers = await expectMarkers(probe, { 'data-reconnect-strategy': 'exponential-backoff' });
      const contract = only(markers, CONTRACT);
      const [base, max] = ['data-reconnect-base-ms', 'data-reconnect-max-ms'].map((name) => Number(contract[name]));
      expectThat(Number(base) > 0 && Number(max) > Number(base), `the delays are ${base} and ${max} ms`);
    },
  },
  {
    name: 'ops-stream',
    words: 'feed `/ops/stream`: `heartbeat` (the KPI values).',
    async judge(probe) {
      const feed = await probe.feed('/ops/stream', 'websocket');
      const beat = await feed.until('heartbeat', 5_000, (all) => all.find(({ type }) => type === 'heartbeat'));
      const others = Object.keys(beat).filter((name) => !['type', 'cursor', 'at'].includes(name));
      expectThat(others.length > 0, 'the heartbeat carries no KPI');
    },
  },
  {
    name: 'alerts',
    words: '`GET /api/alerts`',
    async judge(probe) {
      const answer = await probe.ask('/api/alerts');
      expectEqual(answer.status, 200, 'the status');
      expectThat(Array.isArray(answer.json().alerts), 'the answer has no list of alerts');
    },
  },
];

async function expectMarkers(probe: Probe, wanted: Readonly<Record<string, string>>): Promise<Markers> {
  const answer = await probe.ask('/ops', { headers: { accept: 'text/html' } });
  expectEqual(answer.status, 200, 'the status of /ops');
  const markers = markersIn(answer.text);
  const contract = only(markers, CONTRACT);
  for (const [name, value] of Object.entries(wanted)) expectEqual(contract[name], value, `${name} of #${CONTRACT}`);
  return markers;
}

/** The one element with the id. */
function only(markers: Markers, id: string): Readonly<Record<string, string>> {
  const found = markers.all.filter((one) => one.id === id);
  const [element] = found;
  expectThat(element !== undefined && found.length === 1, `#${id} is there ${found.length} times on /ops, not once`);
  return element;
}
