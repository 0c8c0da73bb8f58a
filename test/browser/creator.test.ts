import { describe, test } from '@jest/globals';
import { endOfStream, expectFault, useApp } from './app.ts';
import { hasBrowser } from './chromium.ts';
import { PASSWORD, watchVideo } from './steps.ts';

(hasBrowser ? describe : describe.skip)("a creator's evening", () => {
  const app = useApp();

  test('signs up, sets a title, broadcasts, watches the health and the charts, moderates, and ends the stream', async () => {
    const iris = app.newName('iris');
    const page = await app.open('/sign-up?to=%2Fdashboard');
    // A thumbnail, or the recording of a stream that has just ended, can be missing for a moment.
    expectFault(page, /40[34].*\/_local\/recordings\//);
    await page.getByLabel('Username').fill(iris);
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.keyboard.press('Enter');

    // Signing up counts as giving the password, so the key is shown at once.
    await page.getByRole('button', { name: 'Show server and key' }).click();
    await page.getByRole('button', { name: 'Hide server and key' }).click();
    await page.getByLabel('Title').fill('Building a kite');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('status').filter({ hasText: 'Saved' }).waitFor();

    await page.getByRole('button', { name: 'Play a test broadcast' }).click();
    await page.getByRole('button', { name: 'End stream' }).waitFor();
    const dashboard = page.getByRole('navigation', { name: 'Dashboard' });
    await dashboard.getByRole('link', { name: 'Live health' }).click();
    await page.getByText('Encoder connected').waitFor();
    await page.locator('canvas').first().waitFor();

    await dashboard.getByRole('link', { name: 'Moderation' }).click();
    await page.getByLabel('Block a word or phrase').fill('scissors');
    await page.getByRole('button', { name: 'Block', exact: true }).click();
    await page.getByRole('list', { name: 'Blocked terms' }).getByText('scissors').waitFor();

    const viewer = await app.open(`/c/${iris}`);
    await viewer.getByRole('heading', { name: 'Building a kite' }).waitFor();
    await watchVideo(viewer);

    expectFault(viewer, endOfStream);
    await dashboard.getByRole('link', { name: 'Overview' }).click();
    await page.getByRole('button', { name: 'End stream' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'End stream' }).click();
    await viewer.getByText('The stream is over').waitFor();

    await dashboard.getByRole('link', { name: 'Past streams' }).click();
    await page.getByRole('main').getByRole('link', { name: 'Building a kite' }).first().click();
    await page.getByRole('link', { name: 'Watch the recording' }).click();
    await page.getByRole('heading', { name: 'Building a kite' }).waitFor();
    await page.getByText('0 views', { exact: true }).waitFor();
    const reported = page.waitForResponse(/\/plays$/);
    await watchVideo(page);
    await page.evaluate("document.querySelector('video').playbackRate = 4");
    await reported;
    await page.reload();
    await page.getByText('1 view', { exact: true }).waitFor();
  });
});
