import { describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { expectFault, useApp } from './app.ts';
import { hasBrowser } from './chromium.ts';
import { signIn } from './steps.ts';

(hasBrowser ? describe : describe.skip)('a moderator at work', () => {
  const app = useApp();

  test('is appointed, deletes a message and times its sender out by keyboard, is in the log, and is dismissed', async () => {
    const [ola, max, tom] = [app.newName('ola'), app.newName('max'), app.newName('tom')];
    const owner = await app.signUp(ola);
    for (const name of [max, tom]) await app.signUp(name);
    await owner.goLive(`Pottery of ${ola}`);
    const chatOf = async (name: string) => {
      const page = await app.open(`/sign-in?to=${encodeURIComponent(`/c/${ola}`)}`);
      await signIn(page, name);
      return page;
    };
    const press = async (page: Page, name: string) => {
      await page.getByRole('button', { name }).focus();
      await page.keyboard.press('Enter');
    };

    const studio = await app.open(`/sign-in?to=${encodeURIComponent('/dashboard/moderation')}`);
    await signIn(studio, ola);
    await studio.getByLabel('Appoint a user by name').fill(max);
    await studio.keyboard.press('Enter');
    await studio.getByRole('button', { name: `Dismiss ${max}` }).waitFor();

    const [moderator, troll] = [await chatOf(max), await chatOf(tom)];
    await troll.getByRole('textbox', { name: 'Message', exact: true }).fill('buy cheap followers');
    await troll.keyboard.press('Enter');
    await press(moderator, `Delete the message of ${tom}`);
    await troll.getByText('message deleted').waitFor();
    expectFault(troll, /403/);
    await press(moderator, `Ban ${tom}`);
    await moderator.getByLabel('For', { exact: true }).selectOption('10 minutes');
    await moderator.getByLabel(/^Reason/).fill('Advertising');
    await moderator.keyboard.press('Enter');
    await troll.getByText(/You are banned from this chat until/).waitFor();

    await moderator.getByRole('link', { name: 'Moderate' }).click();
    const acts = moderator.getByRole('list', { name: 'Acts of moderation' });
    await acts.getByText('Advertising').waitFor();
    expect((await acts.getByRole('listitem').allInnerTexts()).map(text => text.split('\n')[0])).toEqual([
      `${max} timed out ${tom}`,
      `${max} deleted a message of ${tom}`,
      `${ola} appointed ${max}`,
    ]);

    await moderator.goBack();
    await moderator.getByRole('link', { name: 'Moderate' }).waitFor();
    await moderator.getByPlaceholder('Send a message').waitFor();
    await press(studio, `Dismiss ${max}`);
    await studio.getByText('There are no moderators.').waitFor();
    // The chat is disconnected, and the page reads the channel again when it has reconnected.
    await moderator.getByRole('link', { name: 'Moderate' }).waitFor({ state: 'detached' });
    expect(await moderator.getByRole('button', { name: /^(Ban|Delete)/ }).count()).toBe(0);
  });
});
