import { afterAll, beforeAll, expect, test } from 'vitest';
import { runConformance } from '../run-conformance.ts';

const CONTRACT: Readonly<Record<string, string>> = {
  'data-component': 'RealtimeStreamContract',
  'data-operator-visible': 'false',
  'data-stream-transport': 'websocket',
  'data-stream-connect-on-load': 'true',
  'data-heartbeat-target': 'tau-ops-kpi-grid',
  'data-alert-feed-target': 'tau-ops-alert-feed-list',
  'data-chat-stream-mode': 'websocket',
  'data-chat-polling': 'disabled',
  'data-connector-health-target': 'tau-ops-connector-table-body',
  'data-reconnect-strategy': 'exponential-backoff',
  'data-reconnect-base-ms': '1000',
  'data-reconnect-max-ms': '30000',
};
const BODY = `<script>document.write('<ol id="tau-ops-alert-feed-list">')</script><!-- <ol id="tau-ops-alert-feed-list"> -->
<div id="tau-ops-kpi-grid" data-kpi-card-count="2">
  <p data-component="StatCard" data-kpi-card="queue-depth" data-kpi-value="0">a > b</p>
  <p data-component="StatCard" data-kpi-card="alert-count" data-kpi-value=1></p>
</div>
<ol id='tau-ops-alert-feed-list'></ol><table><tbody hidden id="tau-ops-connector-table-body"/></table>`;

function pageWith(contract: Readonly<Record<string, string>>, body = BODY): string {
  const attributes = Object.entries(contract).map(([name, value]) => ` ${name}="${value}"`);
  return `<!doctype html><section id="tau-ops-stream-contract"${attributes.join('')}></section>${body}`;
}

let page = '';
let server: Bun.Server<undefined>;

beforeAll(() => {
  server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: () => new Response(page, { headers: { 'content-type': 'text/html' } }),
  });
});

afterAll(() => server.stop(true));

/** The criteria about the page that fail on it. */
async function failuresOf(html: string): Promise<readonly string[]> {
  page = html;
  const { results } = await runConformance({ url: `http://127.0.0.1:${server.port}`, specs: ['000'] });
  return results.filter(({ id, status }) => id.includes('/C-') && status === 'failed').map(({ id }) => id);
}

test('a page with the markers passes C-01 to C-06', async () => {
  expect(await failuresOf(pageWith(CONTRACT))).toEqual([]);
});

test.each([
  ['another transport', { 'data-stream-transport': 'sse' }, ['000/C-01']],
  ['no connection on load', { 'data-stream-connect-on-load': 'false' }, ['000/C-01']],
  ['heartbeats for something else', { 'data-heartbeat-target': 'elsewhere' }, ['000/C-02']],
  ['alerts for something else', { 'data-alert-feed-target': 'elsewhere' }, ['000/C-03']],
  ['a chat that polls', { 'data-chat-polling': 'enabled' }, ['000/C-04']],
  ['connectors for something else', { 'data-connector-health-target': '' }, ['000/C-05']],
  ['no delay', { 'data-reconnect-base-ms': '0' }, ['000/C-06']],
  ['another strategy', { 'data-reconnect-strategy': 'none' }, ['000/C-06']],
])('a page with %s fails by name', async (_, change, failed) => {
  expect(await failuresOf(pageWith({ ...CONTRACT, ...change }))).toEqual(failed);
});

test.each([
  ['without the list of alerts', BODY.replace("<ol id='tau-ops-alert-feed-list'></ol>", ''), ['000/C-03']],
  ['with two grids', `${BODY}<i id="tau-ops-kpi-grid">`, ['000/C-02']],
  ['that counts its cards wrongly', BODY.replace('count="2"', 'count="6"'), ['000/C-02']],
  ['with a card without its value', BODY.replace('data-kpi-value=1', 'data-kpi-value=""'), ['000/C-02']],
])('a page %s fails by name', async (_, body, failed) => {
  expect(await failuresOf(pageWith(CONTRACT, body))).toEqual(failed);
});

test('a page without the section fails all of them', async () => {
  expect(await failuresOf(BODY)).toHaveLength(6);
});
