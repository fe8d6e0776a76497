import { expect, test } from '@playwright/test';
import { findings, overflow } from './axe-findings.ts';
import { ADA, startScene } from './proposals-scene.ts';
import { publish } from './publish.ts';
import { reportBoth } from './report.ts';
import { numbered, sendMessages } from './send-messages.ts';

const PAGES = [
  '/',
  '/ops',
  '/messages',
  '/channels',
  '/users',
  '/users/ada',
  '/events',
  '/reconciliation',
  '/projects',
  '/projects/demo',
  '/proposals/demo.add-x',
  '/audit',
];

test('axe finds nothing on any page, 320 and 1440 px wide, and none is wider', async ({ browser }) => {
  await using scene = await startScene(browser);
  scene.write('demo/openspec/project.md', '# Demo\n');
  scene.write('demo/openspec/changes/add-x/proposal.md', '# Add x\n\n## Why\n\nBecause of it.\n');
  await sendMessages(scene.url, ...numbered(30, 'said'));
  await publish(scene.url, ...Array.from({ length: 30 }, (_, index) => ({ session_id: `s${index % 5}` })));
  await reportBoth(scene.url, 'billing', 10, 9);
  const page = await scene.person(ADA);
  for (const path of PAGES) {
    await page.goto(scene.url + path);
    if (path !== '/projects') await expect(page.locator('.status-connected')).toBeVisible();
    for (const width of [320, 1440]) {
      await page.setViewportSize({ width, height: 900 });
      expect(await findings(page), `${path}, ${width} px`).toEqual([]);
      expect(await overflow(page), `${path}, ${width} px`).toBeLessThanOrEqual(0);
    }
  }
});
