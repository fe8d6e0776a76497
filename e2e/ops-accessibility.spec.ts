import { expect, test } from '@playwright/test';
import { findings, overflow } from './axe-findings.ts';
import { alertRows, byId, fill, openOps, startOps } from './ops-scene.ts';

for (const width of [320, 1440]) {
  test.describe(`${width} px`, () => {
    test.use({ viewport: { width, height: 900 } });

    test('axe finds nothing on the page empty, full, with a dialog, paused and disconnected', async ({ page }) => {
      await using ops = await startOps();
      await openOps(page, ops.url);
      expect(await findings(page)).toEqual([]);
      await fill(ops.url);
      await expect(alertRows(page)).toHaveCount(2);
      await expect(byId(page, 'chat-message-row-1')).toHaveAttribute('aria-busy', 'false');
      await page.getByText('As a table').click();
      expect(await findings(page)).toEqual([]);
      expect(await overflow(page)).toBeLessThanOrEqual(0);
      await page.getByRole('button', { name: 'Pause ingestion' }).click();
      await expect(page.getByRole('alertdialog')).toBeVisible();
      expect(await findings(page)).toEqual([]);
      await page.getByRole('alertdialog').getByRole('button', { name: 'Pause ingestion' }).click();
      await expect(byId(page, 'control-panel')).toHaveAttribute('data-control-mode', 'paused');
      expect(await findings(page)).toEqual([]);
      await ops.server.stop('SIGKILL');
      await expect(page.getByRole('button', { name: 'Reconnect now' })).toBeVisible();
      expect(await findings(page)).toEqual([]);
      expect(await overflow(page)).toBeLessThanOrEqual(0);
    });
  });
}
