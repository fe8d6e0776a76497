import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { cases } from '../tests/client-suite/cases.ts';
import { startServer } from './start-server.ts';

const ROOT = join(import.meta.dirname, '..');

test('the black-box suite of the client passes in a browser', async ({ page }) => {
  await using server = await startServer();
  const bundle = execFileSync(
    join(ROOT, 'node_modules/.bin/bun'),
    ['build', '--target=browser', '--format=iife', join(ROOT, 'tests/client-suite/run-in-page.ts')],
    { encoding: 'utf8' },
  );
  // A page of the server's origin without the dashboard, whose own connection would be in the way.
  await page.goto(`${server.url}/healthz`);
  await page.evaluate(bundle);
  const results = await page.evaluate<Record<string, string | undefined>>('runClientSuite()');
  expect(results).toEqual(
    Object.fromEntries(
      ['websocket', 'sse'].flatMap((transport) =>
        Object.keys(cases).map((name) => [`${transport}: ${name}`, undefined]),
      ),
    ),
  );
});
