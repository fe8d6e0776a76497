import { expect, test } from '@playwright/test';
import { startIrcServer } from '../tests/support/irc-server.ts';
import { startTalker } from '../tests/support/irc-talker.ts';
import { startServer } from './start-server.ts';
import { badge, figure, row } from './summary-table.ts';

// specs/003 with the source its name means: people who talk on a real IRC server.

test('what people say on IRC appears on every page, by who said it and where, while it is said', async ({
  browser,
}) => {
  await using irc = await startIrcServer();
  const connector = {
    server: '127.0.0.1',
    port: irc.port,
    tls: false,
    nick: 'millrace',
    channels: ['#tea', '#coffee'],
  };
  await using server = await startServer({ env: { MILLRACE_IRC: JSON.stringify([connector]) } });
  await expect
    .poll(async () => {
      const { connectors } = (await (await fetch(`${server.url}/api/connectors`)).json()) as {
        connectors: { kind: string; liveness: string }[];
      };
      return connectors.find(({ kind }) => kind === 'irc')?.liveness;
    })
    .toBe('live');
  using ann = await startTalker(irc, 'ann', ['#tea', '#coffee']);
  using bob = await startTalker(irc, 'bob', ['#tea']);
  ann.say('#tea', 'first words');
  await ann.settle();

  const open = async (path: string) => {
    const page = await (await browser.newContext()).newPage();
    await page.goto(`${server.url}${path}`);
    await expect(badge(page, 'Connected')).toBeVisible();
    return page;
  };
  const home = await open('/');
  const messages = await open('/messages');
  await expect(messages.locator('.message', { hasText: 'first words' })).toBeVisible();
  const channels = await open('/channels');
  const users = await open('/users');
  const profile = await open('/users/ann');

  ann.say('#coffee', 'zweite Tasse ☕ ünï');
  bob.say('#tea', '\u0002bold\u000f and \u000304red\u0003 tea');
  bob.send('NICK robert');
  bob.say('#tea', 'said under another name');
  for (const page of [home, messages]) {
    await expect(page.locator('.message', { hasText: 'zweite Tasse ☕ ünï' })).toBeVisible();
    await expect(page.locator('.message', { hasText: 'bold and red tea' })).toBeVisible();
    await expect(page.locator('.message', { hasText: 'said under another name' })).toContainText('robert');
  }
  await expect(row(channels, 'Channels', '#tea')).toContainText('3');
  await expect(row(channels, 'Channels', '#coffee')).toContainText('1');
  await expect(row(users, 'Users', 'ann')).toContainText('2');
  await expect(row(users, 'Users', 'bob')).toContainText('1');
  await expect(row(users, 'Users', 'robert')).toContainText('1');
  await expect(figure(profile, 'Messages')).toContainText(/2.*in 2 channels/);
  await expect(profile.locator('.message', { hasText: 'zweite Tasse' })).toBeVisible();

  await irc.stop();
  await irc.start();
  using carl = await startTalker(irc, 'carl', ['#tea']);
  // The connector is back when the server names it among those in the channel.
  await expect
    .poll(async () => {
      carl.send('NAMES #tea');
      await carl.settle();
      return carl.lines.some((line) => / 353 /.test(line) && line.includes('millrace'));
    })
    .toBe(true);
  carl.say('#tea', 'the server is back');
  await expect(messages.locator('.message', { hasText: 'the server is back' })).toBeVisible();
  await expect(row(channels, 'Channels', '#tea')).toContainText('4');
});
