import { expect, test } from '@playwright/test';
import { findings, overflow } from './axe-findings.ts';
import { openByLink } from './open-by-link.ts';
import { ADA, ANN, asFromElsewhere, call, plantInvalid, plantValid, RAY, startScene, VIC } from './proposals-scene.ts';

const LOGIN = '/api/v1/proposals/shop.add-login';

const look = { viewport: { width: 1440, height: 1000 } };

test('axe finds nothing on the lists, the board and their dialogs', async ({ browser }) => {
  await using scene = await startScene(browser);
  const ada = await scene.person(ADA, look);
  await ada.goto(`${scene.url}/projects`);
  await expect(ada.getByRole('heading', { name: 'No projects yet' })).toBeVisible();
  expect(await findings(ada)).toEqual([]);
  plantValid(scene, 'shop', 'add-login', 'Add login');
  plantInvalid(scene, 'shop', 'add-logout', 'Add logout');
  await call(scene.url, ANN, ['POST', '/api/v1/projects/shop/lock']);
  await ada.reload();
  await expect(ada.getByRole('link', { name: 'shop' })).toBeVisible();
  expect(await findings(ada)).toEqual([]);
  await ada.getByRole('button', { name: 'New project' }).click();
  expect(await findings(ada)).toEqual([]);
  await ada.goto(`${scene.url}/projects/shop`);
  await ada.waitForSelector('.status-connected');
  expect(await findings(ada)).toEqual([]);
  await ada.getByRole('button', { name: 'Status of Add login: Draft' }).click();
  await expect(ada.getByRole('menuitem', { name: 'Set to review' })).toBeVisible();
  expect(await findings(ada)).toEqual([]);
  await ada.keyboard.press('Escape');
  await ada.getByRole('button', { name: 'Take over' }).click();
  await expect(ada.getByRole('alertdialog')).toBeVisible();
  expect(await findings(ada)).toEqual([]);
  await ada.goto(`${scene.url}/audit`);
  await expect(ada.getByRole('table', { name: 'Audit, newest first' })).toBeVisible();
  expect(await findings(ada)).toEqual([]);
  await ada.getByRole('button', { name: /project\.locked by ann/ }).click();
  await expect(ada.getByRole('dialog')).toBeVisible();
  expect(await findings(ada)).toEqual([]);
  for (const path of ['/projects', '/projects/shop', '/audit']) {
    await ada.setViewportSize({ width: 390, height: 844 });
    await ada.goto(`${scene.url}${path}`);
    await expect(ada.getByRole('link', { name: 'Projects' }).first()).toBeVisible();
    expect(await overflow(ada), path).toBeLessThanOrEqual(0);
  }
});

test('axe finds nothing on any part of a proposal', async ({ browser }) => {
  await using scene = await startScene(browser, { hasModel: true });
  plantInvalid(scene, 'shop', 'add-login', 'Add login');
  await call(scene.url, ANN, ['PUT', `${LOGIN}/reviewers`, { reviewers: ['ray'] }]);
  await call(scene.url, RAY, ['POST', `${LOGIN}/comments`, { text: 'Why?', path: 'tasks.md', line: 1 }]);
  const ada = await scene.person(ADA, look);
  const at = async (query: string, shown: string) => {
    await ada.goto(`${scene.url}/proposals/shop.add-login${query}`);
    await ada.waitForSelector('.status-connected');
    await expect(ada.getByText(shown).first()).toBeVisible();
    expect(await findings(ada), query).toEqual([]);
  };
  await at('', 'People ask for it every week');
  await at('?file=tasks.md', 'The session');
  await at('?view=source', 'People ask for it every week');
  await at('?part=validation', 'Not validated yet');
  await ada.getByRole('button', { name: 'Validate', exact: true }).click();
  await expect(ada.getByRole('region', { name: 'Issues' })).toBeVisible();
  expect(await findings(ada)).toEqual([]);
  await at('?part=iteration', 'No iterations yet.');
  await ada.getByLabel('What should change?').fill('slow');
  await ada.getByRole('button', { name: 'Start iteration' }).focus();
  await ada.keyboard.press('Enter');
  await expect(ada.getByText('Running').first()).toBeVisible();
  expect(await findings(ada)).toEqual([]);
  await ada.getByRole('button', { name: 'Cancel iteration' }).click();
  await expect(ada.getByText('It was cancelled.')).toBeVisible();
  await ada.getByLabel('What should change?').fill('valid');
  await ada.getByRole('button', { name: 'Start iteration' }).click();
  await expect(ada.getByRole('heading', { name: /Files modified/ })).toBeVisible();
  expect(await findings(ada)).toEqual([]);
  await at('?part=comments', 'Why?');
  await at('?file=specs/scripted/spec.md&view=versions', 'newest');
  await at('?file=tasks.md&view=edit', 'No changes');
  await ada.getByRole('textbox', { name: 'Text of tasks.md' }).fill('mine');
  await ada.getByRole('button', { name: 'Save' }).focus();
  scene.write('shop/openspec/changes/add-login/tasks.md', '- [x] theirs\n');
  await ada.getByRole('button', { name: 'Compare' }).click();
  await expect(ada.getByRole('region', { name: 'Two versions' })).toBeVisible();
  expect(await findings(ada)).toEqual([]);
  await ada.setViewportSize({ width: 390, height: 844 });
  for (const part of ['files', 'validation', 'iteration', 'comments']) {
    await ada.goto(`${scene.url}/proposals/shop.add-login?part=${part}`);
    await ada.waitForSelector('.status-connected');
    expect(await overflow(ada), part).toBeLessThanOrEqual(0);
  }
});

test('axe finds nothing where there is nothing to see, and when the connection is lost', async ({ browser }) => {
  const scene = await startScene(browser);
  plantValid(scene, 'shop', 'add-login', 'Add login');
  const vic = await scene.person(VIC, look);
  await vic.goto(`${scene.url}/audit`);
  await expect(vic.getByRole('heading', { name: /not open to you/ })).toBeVisible();
  expect(await findings(vic)).toEqual([]);
  await vic.goto(`${scene.url}/proposals/shop.none`);
  await expect(vic.getByRole('heading', { name: 'This proposal is not here' })).toBeVisible();
  expect(await findings(vic)).toEqual([]);
  await vic.goto(`${scene.url}/proposals/shop.add-login?part=comments`);
  await expect(vic.getByRole('heading', { name: /between the author and the reviewers/ })).toBeVisible();
  expect(await findings(vic)).toEqual([]);
  let answer = () => {};
  const held = new Promise<void>((resolve) => {
    answer = resolve;
  });
  await vic.route('**/api/v1/projects/shop', async (route) => {
    await held;
    await route.continue();
  });
  // Not from the server, which would send its state along.
  await openByLink(vic, scene.url, 'Projects');
  await vic.getByRole('link', { name: 'shop' }).first().click();
  await expect(vic.getByText('Loading the project…')).toBeAttached();
  expect(await findings(vic)).toEqual([]);
  answer();
  await vic.waitForSelector('.status-connected');
  await vic.getByRole('button', { name: 'New proposal' }).focus();
  await expect(vic.getByRole('tooltip')).toBeVisible();
  expect(await findings(vic)).toEqual([]);
  await using context = await browser.newContext(look);
  await asFromElsewhere(context);
  const stranger = await context.newPage();
  await stranger.goto(`${scene.url}/projects`);
  await expect(stranger.getByRole('heading', { name: 'You are not signed in' })).toBeVisible();
  expect(await findings(stranger)).toEqual([]);
  await scene.server.stop('SIGKILL');
  await expect(vic.getByRole('button', { name: 'Reconnect now' })).toBeVisible();
  expect(await findings(vic)).toEqual([]);
  await vic.context().close();
});
