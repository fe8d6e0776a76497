import { expect, type Page, test } from '@playwright/test';
import {
  ADA,
  ANN,
  asFromElsewhere,
  call,
  plantInvalid,
  plantValid,
  RAY,
  type Scene,
  startScene,
  tokenOf,
  VIC,
} from './proposals-scene.ts';

const LOGIN = '/api/v1/proposals/shop.add-login';
const column = (page: Page, name: string) => page.getByRole('region', { name, exact: true });
const output = (page: Page) => page.getByRole('region', { name: 'Output' });
const tooltipOf = (page: Page, button: string) =>
  page.getByRole('button', { name: button, exact: true }).locator('xpath=following-sibling::*[@role="tooltip"]');

async function open(page: Page, scene: Scene, path: string): Promise<void> {
  await page.goto(`${scene.url}${path}`);
  await page.waitForSelector('.status-connected');
}

test('a project and a proposal are made in dialogs that say what is wrong', async ({ browser }) => {
  await using scene = await startScene(browser);
  const ann = await scene.person(ANN);
  await ann.goto(`${scene.url}/projects`);
  await expect(ann.getByRole('heading', { name: 'No projects yet' })).toBeVisible();
  await expect(ann.getByText('MILLRACE_PROJECTS_ROOT')).toBeVisible();
  await ann.getByRole('button', { name: 'New project' }).click();
  await ann.getByLabel('Name').fill('Not A Name');
  await ann.getByLabel('Name').press('Enter');
  await expect(ann.getByRole('alert')).toContainText('Lower-case letters');
  await ann.getByLabel('Name').fill('shop');
  await ann.getByRole('button', { name: 'Create project' }).click();
  await expect(ann).toHaveURL(/\/projects\/shop$/);
  await ann.getByRole('button', { name: 'New proposal' }).click();
  await ann.getByLabel('Title').fill('Let people sign in');
  await ann.getByLabel('Why', { exact: true }).fill('They ask for it.');
  await ann.getByLabel('What changes').fill('- A form');
  await ann.getByRole('button', { name: 'Create proposal' }).click();
  await expect(ann).toHaveURL(/\/proposals\/shop\.let-people-sign-in$/);
  await expect(ann.getByRole('heading', { name: 'Let people sign in' }).first()).toBeVisible();
  await expect(ann.getByText('By ann').first()).toBeVisible();
});

test('a card moves on every board when its status is set, by keyboard alone', async ({ browser }) => {
  await using scene = await startScene(browser);
  plantValid(scene, 'shop', 'add-login', 'Add login');
  const [ann, ray, vic] = [await scene.person(ANN), await scene.person(RAY), await scene.person(VIC)];
  for (const page of [ann, ray, vic]) await open(page, scene, '/projects/shop');
  await expect(ann.getByRole('list', { name: 'Connected' }).getByRole('listitem')).toHaveText(['ann', 'ray', 'vic']);
  await ann.getByRole('button', { name: 'Status of Add login: Draft' }).focus();
  await ann.keyboard.press('Enter');
  await expect(ann.getByRole('menuitem', { name: /Set to merged/ })).toContainText(
    'From draft the way leads to review',
  );
  await ann.getByRole('menuitem', { name: 'Set to review' }).press('Enter');
  for (const page of [ann, ray, vic]) await expect(column(page, 'Review').getByText('Add login')).toBeVisible();
  await vic.getByRole('button', { name: 'Status of Add login: Review' }).click();
  await vic.getByRole('menuitem', { name: 'Set to ready' }).click();
  await expect(vic.getByRole('alert')).toContainText('Only authors and reviewers may do this');
  await ray.getByRole('button', { name: 'Status of Add login: Review' }).click();
  await ray.getByRole('menuitem', { name: 'Set to ready' }).click();
  for (const page of [ann, ray, vic]) await expect(column(page, 'Ready').getByText('Add login')).toBeVisible();
});

test('a validation that fails and one that passes stream to everybody, with their result', async ({ browser }) => {
  await using scene = await startScene(browser);
  plantInvalid(scene, 'shop', 'add-login', 'Add login');
  const [ann, vic] = [await scene.person(ANN), await scene.person(VIC)];
  for (const page of [ann, vic]) await open(page, scene, '/proposals/shop.add-login?part=validation');
  await expect(tooltipOf(vic, 'Validate')).toHaveText('Only authors and reviewers may do this.');
  await ann.getByRole('button', { name: 'Validate', exact: true }).click();
  for (const page of [ann, vic]) {
    await expect(page.getByRole('status').filter({ hasText: 'Not valid' })).toContainText('1 of 1 item not valid');
    await expect(output(page)).toContainText('must include at least one scenario');
    await expect(output(page).getByText('stderr').first()).toBeAttached();
    await expect(page.getByRole('region', { name: 'Issues' })).toContainText('sign-in/spec.md');
  }
  plantValid(scene, 'shop', 'add-login', 'Add login');
  await ann.getByRole('button', { name: 'Validate', exact: true }).click();
  for (const page of [ann, vic]) {
    await expect(page.getByRole('status').filter({ hasText: /^Valid/ })).toContainText('1 item valid');
    await expect(output(page).getByText('stdout').first()).toBeAttached();
    await expect(page.getByRole('region', { name: 'Earlier validations' }).getByRole('listitem')).toHaveCount(2);
  }
});

test('an iteration streams to everybody and is cancelled from another window', async ({ browser }) => {
  await using scene = await startScene(browser, { hasModel: true });
  plantValid(scene, 'shop', 'add-login', 'Add login');
  const [ann, ray] = [await scene.person(ANN), await scene.person(RAY)];
  for (const page of [ann, ray]) await open(page, scene, '/proposals/shop.add-login?part=iteration');
  const answer = (page: Page) => page.getByRole('region', { name: 'What the model writes' }).locator('pre');
  await expect(tooltipOf(ann, 'Start iteration')).toHaveText('Say what should change first.');
  await ann.getByLabel('What should change?').fill('slow, please');
  await ann.getByRole('button', { name: 'Start iteration' }).click();
  for (const page of [ann, ray]) await expect(answer(page)).toContainText('This answer');
  // Whoever comes late sees what was written before.
  const late = await scene.person(VIC);
  await open(late, scene, '/proposals/shop.add-login?part=iteration');
  await expect(answer(late)).toHaveText(/^This answer/);
  await ray.getByRole('button', { name: 'Cancel iteration' }).click();
  for (const page of [ann, ray, late]) {
    await expect(page.getByRole('region', { name: 'Iteration', exact: true })).toContainText('Cancelled');
    await expect(page.getByRole('button', { name: 'Cancel iteration' })).toHaveCount(0);
  }
  await ann.getByLabel('What should change?').fill('valid this time');
  await ann.getByRole('button', { name: 'Start iteration' }).click();
  for (const page of [ann, ray]) {
    await expect(page.getByRole('heading', { name: /Files modified/ })).toBeVisible();
    await expect(page.getByRole('table', { name: 'Edits of specs/scripted/spec.md' })).toContainText('Scripted answer');
    await expect(page.getByText('Valid', { exact: true }).first()).toBeVisible();
  }
});

test('without a model, and with one that fails, an iteration says why', async ({ browser }) => {
  await using scene = await startScene(browser);
  plantValid(scene, 'shop', 'add-login', 'Add login');
  const ann = await scene.person(ANN);
  await open(ann, scene, '/proposals/shop.add-login?part=iteration');
  await ann.getByLabel('What should change?').fill('Anything');
  await ann.getByRole('button', { name: 'Start iteration' }).click();
  await expect(ann.getByRole('alert')).toContainText('MILLRACE_MODEL_BASE_URL');
  await using second = await startScene(browser, { hasModel: true });
  plantValid(second, 'shop', 'add-login', 'Add login');
  const other = await second.person(ANN);
  await open(other, second, '/proposals/shop.add-login?part=iteration');
  await other.getByLabel('What should change?').fill('error');
  await other.getByRole('button', { name: 'Start iteration' }).click();
  await expect(other.getByRole('region', { name: 'Iteration', exact: true })).toContainText('Failed');
});

test('comments reach the reviewers and admins, and nobody else learns that there are any', async ({ browser }) => {
  await using scene = await startScene(browser);
  plantValid(scene, 'shop', 'add-login', 'Add login');
  await call(scene.url, ANN, ['PUT', `${LOGIN}/reviewers`, { reviewers: ['ray'] }]);
  const [ray, ada, vic] = [await scene.person(RAY), await scene.person(ADA), await scene.person(VIC)];
  for (const page of [ray, ada, vic]) await open(page, scene, '/proposals/shop.add-login?part=comments');
  await ray.getByLabel('New comment', { exact: true }).last().fill('Why a day?');
  await ray.getByLabel('About').selectOption('proposal.md');
  await ray.getByLabel('Line').fill('10');
  await ray.getByRole('button', { name: 'Comment', exact: true }).click();
  for (const page of [ray, ada]) {
    await expect(page.getByRole('article', { name: 'Comment of ray' })).toContainText('Why a day?');
    await expect(page.getByRole('button', { name: 'proposal.md, line 10' })).toBeVisible();
    await expect(page.getByRole('tab', { name: /Comments/ })).toContainText('1 open');
  }
  await ada.getByRole('button', { name: 'Decide on the comment of ray' }).click();
  await ada.getByRole('menuitem', { name: 'Defer…' }).click();
  await ada.getByRole('button', { name: 'Defer', exact: true }).click();
  await expect(ada.getByRole('alert')).toContainText('should learn why');
  await ada.getByLabel('Reason').fill('After the launch.');
  await ada.getByRole('button', { name: 'Defer', exact: true }).click();
  for (const page of [ray, ada]) {
    await expect(page.getByRole('article', { name: 'Comment of ray' })).toContainText('After the launch.');
    await expect(page.getByRole('tab', { name: /Comments/ })).not.toContainText('open');
  }
  await ray.getByRole('button', { name: 'Answer' }).click();
  await ray.getByRole('textbox', { name: 'Answer' }).fill('Fine.');
  await ray.getByRole('button', { name: 'Send answer' }).click();
  await expect(ada.getByRole('list', { name: 'Answers' })).toContainText('Fine.');
  await expect(vic.getByRole('heading', { name: /between the author and the reviewers/ })).toBeVisible();
  await expect(vic.getByText('Why a day?')).toHaveCount(0);
  await expect(vic.getByRole('tab', { name: /Comments/ })).toHaveText('Comments');
});

test('a lock shows everywhere with its time, says no to others, and an admin takes it over', async ({ browser }) => {
  await using scene = await startScene(browser);
  plantValid(scene, 'shop', 'add-login', 'Add login');
  const bob = { name: 'bob', roles: ['author'] } as const;
  const [ann, other, ada] = [await scene.person(ANN), await scene.person(bob), await scene.person(ADA)];
  await open(ann, scene, '/projects/shop');
  await open(other, scene, '/proposals/shop.add-login?view=edit');
  await open(ada, scene, '/projects/shop');
  await ann.getByRole('button', { name: 'Lock', exact: true }).click();
  for (const page of [ann, other, ada]) {
    await expect(page.getByRole('status').filter({ hasText: 'Locked by ann' })).toBeVisible();
    await expect(page.getByText(/^29:\d\d left$/)).toBeVisible();
  }
  await expect(ann.getByRole('button', { name: 'Unlock' })).toBeVisible();
  await expect(tooltipOf(other, 'Save')).toContainText('Ann has locked the project until');
  await expect(tooltipOf(other, 'Lock')).toHaveText('Only ann or an admin may do this.');
  await other.goto(`${scene.url}/projects/shop`);
  await expect(tooltipOf(other, 'New proposal')).toHaveText('ann has locked the project.');
  await ada.getByRole('button', { name: 'Take over' }).click();
  await ada.getByRole('alertdialog').getByRole('button', { name: 'Take over' }).click();
  for (const page of [ann, other, ada]) {
    await expect(page.getByRole('status').filter({ hasText: 'Locked by ada' })).toBeVisible();
  }
  await ada.getByRole('button', { name: 'Unlock' }).click();
  await expect(other.getByRole('status').filter({ hasText: 'Not locked' })).toBeVisible();
});

test('a file changed on disk shows at once, and against what somebody is typing nothing is lost', async ({
  browser,
}) => {
  await using scene = await startScene(browser);
  plantValid(scene, 'shop', 'add-login', 'Add login');
  const [ann, vic] = [await scene.person(ANN), await scene.person(VIC)];
  const path = 'shop/openspec/changes/add-login/tasks.md';
  await open(ann, scene, '/proposals/shop.add-login?file=tasks.md&view=edit');
  await open(vic, scene, '/proposals/shop.add-login?file=tasks.md');
  await expect(vic.getByRole('checkbox', { checked: true })).toHaveCount(1);
  const editor = ann.getByRole('textbox', { name: 'Text of tasks.md' });
  await editor.fill('- [x] mine\n');
  scene.write(path, '- [x] theirs\n- [x] too\n');
  await expect(vic.getByRole('checkbox', { checked: true })).toHaveCount(2);
  await expect(vic.getByText('2 of 2 tasks done')).toBeVisible();
  await expect(ann.getByText('has changed this file meanwhile')).toBeVisible();
  await ann.reload();
  await expect(editor).toHaveValue('- [x] mine\n');
  await ann.getByRole('button', { name: 'Save' }).click();
  const both = ann.getByRole('region', { name: 'Two versions' });
  await expect(both).toContainText('Not saved: the file was changed meanwhile');
  const diff = both.getByRole('table', { name: 'From their version to yours' });
  await expect(diff.getByRole('row', { name: /removed.*theirs/ })).toBeVisible();
  await expect(diff.getByRole('row', { name: /added.*mine/ })).toBeVisible();
  await ann.getByRole('button', { name: 'Save mine over theirs' }).click();
  await expect(vic.getByText('1 of 1 tasks done')).toBeVisible();
  await ann.goto(`${scene.url}/proposals/shop.add-login?file=tasks.md&view=versions`);
  await expect(ann.getByRole('list', { name: 'Versions, newest first' }).getByRole('listitem').first()).toContainText(
    'by ann',
  );
  await expect(ann.getByRole('table', { name: 'From this version to the file as it is' })).toContainText('theirs');
});

test('who is not signed in, no member, or has opened too many windows is told so', async ({ browser }) => {
  await using scene = await startScene(browser);
  plantValid(scene, 'shop', 'add-login', 'Add login');
  await using context = await browser.newContext();
  await asFromElsewhere(context);
  const stranger = await context.newPage();
  for (const path of ['/projects', '/projects/shop', '/proposals/shop.add-login', '/audit']) {
    await stranger.goto(`${scene.url}${path}`);
    await expect(stranger.getByRole('heading', { name: 'You are not signed in' })).toBeVisible();
  }
  await stranger.goto(`${scene.url}/projects/shop`);
  await stranger.getByLabel('Token', { exact: true }).fill('not a token');
  await stranger.getByLabel('Token', { exact: true }).press('Enter');
  await expect(stranger.getByRole('alert')).toBeVisible();
  await stranger.getByLabel('Token', { exact: true }).fill(await tokenOf(VIC));
  await stranger.getByRole('button', { name: 'Sign in' }).click();
  await expect(column(stranger, 'Draft').getByText('Add login')).toBeVisible();
  await stranger.waitForSelector('.status-connected');
  await using local = await browser.newContext();
  const neighbour = await local.newPage();
  await neighbour.goto(`${scene.url}/audit`);
  await expect(neighbour.getByRole('table', { name: 'Audit, newest first' })).toContainText('session.started');
  const outsider = await scene.person({ name: 'otto', roles: ['author'], projects: ['blog'] });
  await outsider.goto(`${scene.url}/proposals/shop.add-login`);
  await expect(outsider.getByRole('heading', { name: 'This proposal is not here' })).toBeVisible();
  const first = await scene.person(ANN);
  await open(first, scene, '/projects/shop');
  for (let window = 0; window < 5; window += 1) await open(await scene.person(ANN), scene, '/projects/shop');
  await expect(first.getByText('Another window took over this connection.')).toBeVisible();
  await expect(column(first, 'Draft').getByText('Add login')).toBeVisible();
  await first.getByRole('button', { name: 'Reconnect now' }).click();
  await first.waitForSelector('.status-connected');
});

test('who is signed in is on every page, and signing out ends the session in every window of the browser', async ({
  browser,
}) => {
  await using scene = await startScene(browser);
  plantValid(scene, 'shop', 'add-login', 'Add login');
  const ann = await scene.person(ANN);
  const session = (page: Page) => page.getByRole('group', { name: 'Session' });
  for (const path of ['/projects', '/proposals/shop.add-login', '/audit', '/projects/shop']) {
    await ann.goto(`${scene.url}${path}`);
    await expect(session(ann)).toContainText('Signed in as ann (author)');
  }
  await expect(column(ann, 'Draft').getByText('Add login')).toBeVisible();
  const window = await ann.context().newPage();
  await open(window, scene, '/projects/shop');
  const cookie = (await ann.context().cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
  const kept = () => fetch(`${scene.url}/auth/session`, { headers: { cookie } });
  expect((await kept()).status).toBe(200);

  await session(ann).getByRole('button', { name: 'Sign out' }).click();
  await expect(ann.getByRole('heading', { name: 'You are not signed in' })).toBeVisible();
  await expect(ann.getByText('Add login')).toHaveCount(0);
  expect((await ann.context().cookies()).map(({ name }) => name)).not.toContain('millrace_session');
  expect((await kept()).status).toBe(401);
  await expect(window.getByText('The server refused this connection.')).toBeVisible();
  // Nobody is signed in again without being asked, though the server is on the same machine.
  for (const page of [ann, window]) {
    await page.reload();
    await expect(page.getByRole('heading', { name: 'You are not signed in' })).toBeVisible();
  }
  await ann.getByRole('button', { name: 'I am at the server’s machine' }).click();
  await expect(session(ann)).toContainText('Signed in as local (admin)');
  await expect(column(ann, 'Draft').getByText('Add login')).toBeVisible();
});
