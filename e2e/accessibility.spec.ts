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

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [320, 1440]) {
    test(`axe finds nothing on any page, ${colorScheme}, ${width} px wide, and none is wider`, async ({ browser }) => {
      // Twelve looks of axe, each of which takes seconds where the machine is busy.
      test.setTimeout(180_000);
      await using scene = await startScene(browser);
      scene.write('demo/openspec/project.md', '# Demo\n');
      scene.write('demo/openspec/changes/add-x/proposal.md', '# Add x\n\n## Why\n\nBecause of it.\n');
      await sendMessages(scene.url, ...numbered(30, 'said'));
      await publish(scene.url, ...Array.from({ length: 30 }, (_, index) => ({ session_id: `s${index % 5}` })));
      await reportBoth(scene.url, 'billing', 10, 9);
      const page = await scene.person(ADA, {
        colorScheme,
        reducedMotion: 'reduce',
        viewport: { width, height: 900 },
      });
      for (const path of PAGES) {
        await page.goto(scene.url + path);
        if (path !== '/projects') await expect(page.locator('.status-connected')).toBeVisible();
        expect(await findings(page), path).toEqual([]);
        expect(await overflow(page), path).toBeLessThanOrEqual(0);
      }
    });
  }
}
