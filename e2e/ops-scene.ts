import { expect, type Page } from '@playwright/test';
import { startDevModel } from '../src/cli/dev-model/dev-model.ts';
import { publish } from './publish.ts';
import { reportBoth } from './report.ts';
import { sendMessages } from './send-messages.ts';
import { type StartOptions, startServer } from './start-server.ts';

/** The real server with a scripted model beside it. */
export async function startOps(options: StartOptions = {}) {
  const model = await startDevModel({ delayMs: 5 });
  const env = { MILLRACE_MODEL_BASE_URL: model.url, MILLRACE_MODEL: 'scripted', ...options.env };
  const server = await startServer({ ...options, env });
  return {
    url: server.url,
    server,
    async [Symbol.asyncDispose]() {
      await server.stop();
      await model[Symbol.asyncDispose]();
    },
  };
}

export const byId = (page: Page, id: string) => page.locator(`[id="tau-ops-${id}"]`);
export const card = (page: Page, name: string) => page.locator(`[data-kpi-card="${name}"]`);
export const alertRows = (page: Page) => byId(page, 'alert-feed-list').locator('[data-alert-code]');

/** Opens the page and waits until its feed is live. */
export async function openOps(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/ops`);
  await expect(page.locator('.status-connected')).toBeVisible();
}

/** Three calls of a tool that fail: health fails, and an alert is raised. */
export async function failTools(url: string, session = 's1'): Promise<void> {
  const failure = { event_type: 'PostToolUseFailure', session_id: session };
  await publish(url, failure, failure, failure);
}

/** Something in every part of the page: figures, alerts of two severities, connectors and a transcript. */
export async function fill(url: string): Promise<void> {
  await sendMessages(url, ...Array.from({ length: 40 }, (_, index) => ({ text: `message ${index}` })));
  await publish(url, ...Array.from({ length: 60 }, () => ({ event_type: 'PostToolUse', session_id: 's0' })));
  await failTools(url);
  await reportBoth(url, 'billing', 10, 9);
  await ask(url, 'How are things?');
}

/** Asks the assistant, and waits for the end of its answer. */
export async function ask(url: string, message: string): Promise<void> {
  const response = await fetch(`${url}/ops/chat`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ message }),
  });
  expect(response.status).toBe(202);
  await expect
    .poll(async () => {
      const { chat } = await (await fetch(`${url}/api/ops`)).json();
      return chat.messages.at(-1);
    })
    .toMatchObject({ role: 'assistant', status: 'complete' });
}
