import { readFileSync } from 'node:fs';
import { expect, type Page, test } from '@playwright/test';
import { ADA, ANN, call, plantValid, startScene, VIC } from './proposals-scene.ts';

const LOCK = '/api/v1/projects/shop/lock';
const rows = (page: Page) =>
  page.getByRole('table', { name: 'Audit, newest first' }).locator('tbody tr[aria-rowindex]');

test('an admin sees what people do as they do it, holds it back, and looks at one entry', async ({ browser }) => {
  await using scene = await startScene(browser);
  plantValid(scene, 'shop', 'add-login', 'Add login');
  const ada = await scene.person(ADA);
  await ada.goto(`${scene.url}/audit`);
  await ada.waitForSelector('.status-connected');
  await call(scene.url, ANN, ['PATCH', '/api/v1/proposals/shop.add-login/status', { status: 'review' }]);
  await expect(rows(ada).first()).toContainText(/ann.*proposal\.status_changed.*shop\.add-login.*success/);
  await ada.getByRole('button', { name: 'Pause' }).click();
  const before = await rows(ada).count();
  await call(scene.url, ANN, ['POST', LOCK]);
  await call(scene.url, ANN, ['DELETE', LOCK]);
  await expect(ada.getByRole('button', { name: 'Resume (2 new)' })).toBeVisible();
  expect(await rows(ada).count()).toBe(before);
  await ada.getByRole('button', { name: 'Resume' }).click();
  await expect(rows(ada)).toHaveCount(before + 2);
  await ada.getByRole('button', { name: 'proposal.status_changed by ann, details' }).press('Enter');
  const change = ada.getByRole('dialog').getByRole('table', { name: 'Before and after' });
  await expect(change.getByRole('row', { name: /removed.*draft/ })).toBeVisible();
  await expect(change.getByRole('row', { name: /added.*review/ })).toBeVisible();
  await ada.keyboard.press('Escape');
  await expect(ada.getByRole('button', { name: 'proposal.status_changed by ann, details' })).toBeFocused();
});

test('its filters are in the URL, hold for live entries, and for what is exported', async ({ browser }) => {
  await using scene = await startScene(browser);
  plantValid(scene, 'shop', 'add-login', 'Add login');
  const ada = await scene.person(ADA);
  await call(scene.url, ANN, ['POST', LOCK]);
  await ada.goto(`${scene.url}/audit`);
  await ada.getByRole('combobox', { name: 'Who' }).click();
  await ada.getByRole('option', { name: 'ann' }).click();
  await expect(ada).toHaveURL(/actor=ann/);
  await expect(rows(ada)).toHaveCount(1);
  await ada.waitForSelector('.status-connected');
  await call(scene.url, ADA, ['POST', '/auth/ticket']);
  await call(scene.url, ANN, ['DELETE', LOCK]);
  await expect(rows(ada)).toHaveCount(2);
  await expect(rows(ada).filter({ hasText: 'ada' })).toHaveCount(0);
  for (const format of ['CSV', 'JSON']) {
    const download = ada.waitForEvent('download');
    await ada.getByRole('link', { name: `Export as ${format}` }).click();
    const text = readFileSync(await (await download).path(), 'utf8');
    expect(text).toContain('project.unlocked');
    expect(text).not.toContain('ticket.issued');
  }
  await ada.goto(`${scene.url}/audit?actor=nobody`);
  await expect(ada.getByRole('heading', { name: 'No entries match' })).toBeVisible();
  await ada.getByRole('button', { name: 'Clear filters' }).click();
  await expect(rows(ada).filter({ hasText: 'project.locked' })).toHaveCount(1);
});

test('older entries come as somebody scrolls to them', async ({ browser }) => {
  await using scene = await startScene(browser);
  plantValid(scene, 'shop', 'add-login', 'Add login');
  for (let count = 0; count < 130; count += 1) await call(scene.url, ANN, ['POST', LOCK]);
  const ada = await scene.person(ADA);
  await ada.goto(`${scene.url}/audit?actor=ann`);
  const table = ada.getByRole('table', { name: 'Audit, newest first' });
  await expect(table).toHaveAttribute('aria-rowcount', '101');
  await ada.getByRole('region', { name: 'Audit, newest first' }).focus();
  await ada.keyboard.press('End');
  await expect(table).toHaveAttribute('aria-rowcount', '131');
});

test('whoever is no admin is told why there is nothing to see', async ({ browser }) => {
  await using scene = await startScene(browser);
  const vic = await scene.person(VIC);
  await vic.goto(`${scene.url}/audit`);
  await expect(vic.getByRole('heading', { name: 'The audit trail is not open to you' })).toBeVisible();
  await expect(vic.getByText('Only admins may read who did what.')).toBeVisible();
});
