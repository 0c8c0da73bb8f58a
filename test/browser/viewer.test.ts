import { describe, expect, test } from '@jest/globals';
import { endOfStream, expectFault, useApp } from './app.ts';
import { hasBrowser } from './chromium.ts';
import { PASSWORD, watchVideo } from './steps.ts';

(hasBrowser ? describe : describe.skip)("a viewer's evening", () => {
  const app = useApp();

  test('finds a stream, watches it, signs up, chats, follows, and is banned', async () => {
    const [ann, bob] = [app.newName('ann'), app.newName('bob')];
    const owner = await app.signUp(ann);
    const title = `Late night guitar of ${ann}`;
    await owner.goLive(title);
    const page = await app.open('/');
    // The order by viewers is made once a minute, so it may not contain the channel yet.
    const order = page.getByLabel('Sort by');
    await Promise.all([page.waitForResponse(/sort=viewers/), order.selectOption('Most viewers')]);
    await order.selectOption('Newest');

    await page.getByRole('link', { name: title }).click();
    await watchVideo(page);

    await page.getByRole('link', { name: 'Sign in to chat' }).click();
    await page.getByRole('link', { name: 'Create an account' }).click();
    await page.getByRole('heading', { name: 'Create an account' }).waitFor();
    await page.getByLabel('Username').fill(bob);
    await page.getByLabel('Password').fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/c/${ann}`);

    const message = page.getByRole('textbox', { name: 'Message', exact: true });
    await message.fill('what a <b>tune</b> 🎸');
    await page.keyboard.press('Enter');
    const lines = page.getByRole('list', { name: 'Messages' });
    await lines.getByText('what a <b>tune</b> 🎸').waitFor();

    await page.getByRole('button', { name: 'Follow', exact: true }).click();
    await page.getByText('1 follower').waitFor();
    await page.getByRole('button', { name: 'Following' }).waitFor();

    await page.getByRole('button', { name: 'Ask to come on stage' }).click();
    await page.getByRole('button', { name: 'Take request back' }).waitFor();
    const asking = await owner.api.GET('/v1/stages/me/requests');
    expect(asking.data?.items.map(({ user }) => user.username)).toEqual([bob]);

    // The ban ends the connection. Whoever is banned can read on, and is told until when.
    expectFault(page, /403/);
    const until = new Date(Date.now() + 3_600_000).toISOString();
    const path = { username: ann, bannedUsername: bob };
    const banned = await owner.api.PUT('/v1/channels/{username}/chat/bans/{bannedUsername}', {
      params: { path },
      body: { until },
    });
    expect(banned.error).toBeUndefined();
    await page.getByText(/You are banned from this chat until/).waitFor();
    expect(await message.count()).toBe(0);
  });

  test('sees a channel go offline and live again without a reload', async () => {
    const cara = app.newName('cara');
    const owner = await app.signUp(cara);
    await owner.goLive('Morning yoga');
    const page = await app.open(`/c/${cara}`);
    await page.getByRole('heading', { name: 'Morning yoga' }).waitFor();
    await page.getByText('No messages yet').waitFor();
    await watchVideo(page);
    expectFault(page, endOfStream);
    await owner.endStream();
    await page.getByText('The stream is over').waitFor();
    await owner.goLive('Evening yoga');
    await page.getByRole('heading', { name: 'Evening yoga' }).waitFor();
    await watchVideo(page);
  });
});
