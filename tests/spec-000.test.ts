import { Window } from 'happy-dom';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import buildDashboard from '../e2e/build-dashboard.ts';
import { publish } from '../e2e/publish.ts';
import { reportBoth } from '../e2e/report.ts';
import { sendMessages } from '../e2e/send-messages.ts';
import { type RunningServer, startServer } from '../e2e/start-server.ts';
import { type DevModel, startDevModel } from '../src/cli/dev-model/dev-model.ts';
import { opsStateSchema, timelineSchema } from '../src/surfaces/ops/events.ts';
import { STREAM } from '../src/surfaces/ops/web/stream.ts';

// specs/000 on the HTML that the real server sends, read as any program would: nothing here runs a script.

const BUILD_LIMIT_MS = 180_000;

let server: RunningServer;
let model: DevModel;

beforeAll(async () => {
  buildDashboard();
  model = await startDevModel();
  server = await startServer({ env: { MILLRACE_MODEL_BASE_URL: model.url, MILLRACE_MODEL: 'scripted' } });
}, BUILD_LIMIT_MS);

afterAll(async () => {
  await server.stop();
  await model[Symbol.asyncDispose]();
});

/** A page as it was sent, parsed. */
async function pageAt(path: string, cookie = '') {
  const response = await fetch(server.url + path, { headers: { accept: 'text/html', cookie } });
  expect(response.status).toBe(200);
  const window = new Window();
  const page = new window.DOMParser().parseFromString(await response.text(), 'text/html');
  return {
    page,
    /** The element with an id, which must be there once. */
    byId(id: string) {
      const found = page.querySelectorAll(`[id="${id}"]`);
      expect(found, `#${id}`).toHaveLength(1);
      const [element] = found;
      if (!element) throw new Error(`no #${id}`);
      return element;
    },
  };
}

type Marked = Awaited<ReturnType<typeof pageAt>>;

function marksOf(element: ReturnType<Marked['byId']>): Record<string, string | null> {
  return Object.fromEntries(
    [...element.attributes].filter(({ name }) => name.startsWith('data-')).map(({ name, value }) => [name, value]),
  );
}

const contractOf = ({ byId }: Marked) => marksOf(byId('tau-ops-stream-contract'));

async function stateOf() {
  return opsStateSchema.parse(await (await fetch(`${server.url}/api/ops`)).json());
}

describe('conformance cases', () => {
  test('spec_c01_stream_section_declares_websocket_and_connect_on_load (C-01)', async () => {
    const ops = await pageAt('/ops');
    expect(contractOf(ops)).toMatchObject({
      'data-component': 'RealtimeStreamContract',
      'data-operator-visible': 'false',
      'data-stream-transport': 'websocket',
      'data-stream-connect-on-load': 'true',
    });
    expect(ops.byId('tau-ops-stream-contract').tagName).toBe('SECTION');
    expect(ops.byId('tau-ops-stream-contract').hasAttribute('hidden')).toBe(true);
  });

  test('spec_c02_heartbeat_target_points_to_the_kpi_grid (C-02)', async () => {
    const ops = await pageAt('/ops');
    expect(contractOf(ops)['data-heartbeat-target']).toBe('tau-ops-kpi-grid');
    const grid = ops.byId('tau-ops-kpi-grid');
    expect(grid.getAttribute('data-kpi-card-count')).toBe('6');
    const cards = [...grid.querySelectorAll('[data-component="StatCard"]')];
    expect(cards.map((card) => card.getAttribute('data-kpi-card'))).toEqual([
      'queue-depth',
      'failure-streak',
      'processed-cases',
      'alert-count',
      'widget-count',
      'timeline-cycles',
    ]);
    for (const card of cards) expect(card.getAttribute('data-kpi-value')).toMatch(/^\d+$/);
  });

  test('spec_c03_alert_target_points_to_the_alert_feed (C-03)', async () => {
    const ops = await pageAt('/ops');
    expect(contractOf(ops)['data-alert-feed-target']).toBe('tau-ops-alert-feed-list');
    const list = ops.byId('tau-ops-alert-feed-list');
    expect(list.closest('#tau-ops-alert-feed')).not.toBeNull();
  });

  test('spec_c04_chat_declares_a_token_stream_without_polling (C-04)', async () => {
    const ops = await pageAt('/ops');
    expect(contractOf(ops)).toMatchObject({ 'data-chat-stream-mode': 'websocket', 'data-chat-polling': 'disabled' });
    expect(ops.byId('tau-ops-chat-transcript').closest('#tau-ops-chat-panel')).not.toBeNull();
    ops.byId('tau-ops-chat-token-counter');
  });

  test('spec_c05_connector_health_target_points_to_the_connector_table (C-05)', async () => {
    const ops = await pageAt('/ops');
    expect(contractOf(ops)['data-connector-health-target']).toBe('tau-ops-connector-table-body');
    const body = ops.byId('tau-ops-connector-table-body');
    expect(body.closest('#tau-ops-connector-health-table')).not.toBeNull();
  });

  test('spec_c06_reconnect_markers_are_those_of_the_client_policy (C-06)', async () => {
    expect(contractOf(await pageAt('/ops'))).toMatchObject({
      'data-reconnect-strategy': 'exponential-backoff',
      'data-reconnect-base-ms': String(STREAM.policy.initialDelayMs),
      'data-reconnect-max-ms': String(STREAM.policy.maxDelayMs),
    });
  });
});

describe('the other markers', () => {
  test('the shell names the app, the colours, the sidebar and the page, on every page', async () => {
    for (const [path, route] of [
      ['/ops', 'ops'],
      ['/', 'home'],
      ['/users', 'users'],
    ]) {
      const { byId } = await pageAt(`${path}`, 'millrace-theme=dark; millrace-sidebar=collapsed');
      expect(marksOf(byId('tau-ops-shell'))).toEqual({
        'data-app': 'tau-ops-dashboard',
        'data-theme': 'dark',
        'data-sidebar-state': 'collapsed',
        'data-active-route': route,
      });
    }
    const { byId } = await pageAt('/ops');
    expect(marksOf(byId('tau-ops-shell'))).toMatchObject({ 'data-theme': 'light', 'data-sidebar-state': 'expanded' });
    expect(byId('tau-ops-skip-to-main').getAttribute('href')).toBe('#main');
    byId('main');
  });

  test('the accessibility, performance and control sections say what they promise', async () => {
    const { byId } = await pageAt('/ops');
    expect(marksOf(byId('tau-ops-accessibility-contract'))).toEqual({
      'data-axe-contract': 'required',
      'data-keyboard-navigation': 'true',
      'data-focus-visible-contract': 'true',
      'data-reduced-motion-contract': 'prefers-reduced-motion',
      'data-reduced-motion-behavior': 'suppress-nonessential-animation',
    });
    const announcer = byId('tau-ops-live-announcer');
    expect(announcer.closest('#tau-ops-accessibility-contract')).not.toBeNull();
    expect(announcer.getAttribute('aria-live')).toBe('polite');
    expect(announcer.getAttribute('aria-atomic')).toBe('true');
    expect(announcer.textContent).toBe('');
    expect(marksOf(byId('tau-ops-performance-contract'))).toEqual({
      'data-lcp-budget-ms': '1500',
      'data-layout-shift-budget': '0.00',
      'data-layout-shift-mitigation': 'skeletons',
      'data-websocket-process-budget-ms': '50',
    });
    expect(marksOf(byId('tau-ops-control-panel'))).toEqual({
      'data-control-mode': 'running',
      'data-rollout-gate': 'pass',
    });
  });

  test('the KPIs are those of the server, and the health says why', async () => {
    await publish(server.url, ...Array.from({ length: 5 }, () => ({ event_type: 'PostToolUse', session_id: 's1' })));
    const { kpis } = await stateOf();
    const { page, byId } = await pageAt('/ops');
    const value = (card: string) => page.querySelector(`[data-kpi-card="${card}"]`)?.getAttribute('data-kpi-value');
    expect(value('processed-cases')).toBe(String(kpis.processed_events));
    expect(kpis.processed_events).toBeGreaterThanOrEqual(5);
    expect(value('failure-streak')).toBe('0');
    expect(marksOf(byId('tau-ops-kpi-health'))).toEqual({
      'data-component': 'HealthBadge',
      'data-health-state': kpis.health.state,
      'data-health-reason': kpis.health.reason,
    });
  });

  test('connectors stand row by row with their figures', async () => {
    await sendMessages(server.url, { text: 'one' }, { text: 'two' });
    const { connectors } = await stateOf();
    const { page } = await pageAt('/ops');
    const rows = [...page.querySelectorAll('#tau-ops-connector-table-body > tr')];
    expect(rows.map(({ id }) => id)).toEqual(connectors.map((_, index) => `tau-ops-connector-row-${index}`));
    const http = connectors.find(({ kind }) => kind === 'http');
    expect(http?.events_ingested).toBe(2);
    const row = rows.find((each) => each.getAttribute('data-channel') === http?.channel);
    expect(row && marksOf(row)).toEqual({
      'data-channel': http?.channel,
      'data-mode': 'push',
      'data-liveness': 'live',
      'data-events-ingested': '2',
      'data-provider-failures': '0',
    });
  });

  test('alerts stand row by row, the worst first, and health and control follow', async () => {
    await publish(
      server.url,
      ...Array.from({ length: 3 }, () => ({ event_type: 'PostToolUseFailure', session_id: 's2' })),
    );
    await reportBoth(server.url, 'billing', 10, 9);
    await expect.poll(async () => (await stateOf()).alerts.length).toBe(2);
    const { page, byId } = await pageAt('/ops');
    const rows = [...page.querySelectorAll('#tau-ops-alert-feed-list > li')];
    expect(rows.map((row) => ({ id: row.id, ...marksOf(row) }))).toEqual([
      {
        id: 'tau-ops-alert-row-0',
        'data-alert-code': 'reconciliation-discrepancy',
        'data-alert-severity': 'critical',
      },
      { id: 'tau-ops-alert-row-1', 'data-alert-code': 'tool-failures', 'data-alert-severity': 'warning' },
    ]);
    expect(rows[0]?.textContent).toContain('Critical');
    expect(rows[0]?.querySelector('a')?.getAttribute('href')).toBe('/reconciliation');
    expect(byId('tau-ops-kpi-health').getAttribute('data-health-state')).toBe('failing');
    expect(byId('tau-ops-control-panel').getAttribute('data-rollout-gate')).toBe('hold');
    // What was there before the page was opened is no news.
    expect(byId('tau-ops-live-announcer').textContent).toBe('');
  });

  test('paused ingestion is on the page, with who did it', async () => {
    // As a browser at the machine of the server does it.
    const session = await fetch(`${server.url}/auth/session`, { method: 'POST', headers: { origin: server.url } });
    const [cookie = ''] = (session.headers.get('set-cookie') ?? '').split(';');
    const set = (mode: string) =>
      fetch(`${server.url}/api/ops/ingestion`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json', origin: server.url, cookie },
        body: JSON.stringify({ mode }),
      });
    expect((await set('paused')).status).toBe(200);
    const { byId, page } = await pageAt('/ops');
    expect(marksOf(byId('tau-ops-control-panel'))).toEqual({
      'data-control-mode': 'paused',
      'data-rollout-gate': 'hold',
    });
    expect(page.body.textContent).toContain('Ingestion is paused');
    expect((await set('running')).status).toBe(200);
  });

  test('the transcript stands token by token', async () => {
    const asked = await fetch(`${server.url}/ops/chat`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ message: 'How are things?' }),
    });
    expect(asked.status).toBe(202);
    await expect
      .poll(async () => (await stateOf()).chat.messages.map(({ status }) => status))
      .toEqual(['complete', 'complete']);
    const { chat } = await stateOf();
    const tokens = chat.messages[1]?.tokens ?? [];
    expect(tokens.length).toBeGreaterThan(1);
    const { byId, page } = await pageAt('/ops');
    expect(byId('tau-ops-chat-transcript').getAttribute('data-message-count')).toBe('2');
    expect(byId('tau-ops-chat-message-row-0').getAttribute('data-message-role')).toBe('user');
    expect(marksOf(byId('tau-ops-chat-message-row-1'))).toEqual({
      'data-message-role': 'assistant',
      'data-assistant-token-stream': 'true',
      'data-token-count': String(tokens.length),
    });
    expect(byId('tau-ops-chat-token-stream-1').getAttribute('data-token-stream')).toBe('assistant');
    const shown = [...page.querySelectorAll('#tau-ops-chat-token-stream-1 > li')];
    expect(shown.map((token) => token.getAttribute('data-token-value'))).toEqual(tokens);
    expect(shown.map(({ id }) => id)).toEqual(tokens.map((_, index) => `tau-ops-chat-token-1-${index}`));
    expect(byId('tau-ops-chat-token-counter').textContent).toContain(String(tokens.length));
  });

  test('the timeline is there as figures, in the range that the URL says', async () => {
    const { page } = await pageAt('/ops?range=6h');
    expect(page.querySelectorAll('table[aria-label="Timeline"] tbody tr')).toHaveLength(72);
    const current = [...page.querySelectorAll('nav[aria-label="Range of the timeline"] [aria-current]')];
    expect(current.map(({ textContent }) => textContent)).toEqual(['6 h']);
    const { minutes } = timelineSchema.parse(await (await fetch(`${server.url}/api/ops/timeline?range=6h`)).json());
    const failures = minutes.reduce((sum, minute) => sum + minute.failures, 0);
    expect(failures).toBeGreaterThanOrEqual(3);
    expect(page.body.textContent).toContain(` events in the last 6 hours, ${failures} failures; the most, `);
  });

  test('nothing in it needs a style or a script that the content security policy refuses', async () => {
    const html = await (await fetch(`${server.url}/ops`, { headers: { accept: 'text/html' } })).text();
    expect(html).not.toMatch(/ style="|<style/);
    expect(html).not.toMatch(/ on\w+="/);
  });
});
