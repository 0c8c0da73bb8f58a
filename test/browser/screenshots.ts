import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { demoAccounts } from '../../local/demo.ts';
import { seedLocal } from '../../local/seeding.ts';
import { startLocal } from '../../local/startLocal.ts';
import { launchBrowser } from './chromium.ts';
import { signIn, watchVideo } from './steps.ts';

const FOLDER = 'docs/pictures';

// `make screenshots`: writes the pictures of the README and the documents, from a local stack with mock data.
async function main(): Promise<void> {
  const stack = await startLocal({
    ...{ stackName: 'UGC-pictures', region: 'us-west-2', apiPort: 0, awsPort: 0, partnerFollowers: 100 },
    log: () => {},
  });
  const browser = await launchBrowser();
  try {
    const { failure } = await seedLocal(stack.stackName).done;
    if (failure !== undefined) throw new Error(failure);
    const context = await browser.newContext({
      ...{ viewport: { width: 1440, height: 810 }, colorScheme: 'dark', locale: 'en-US' },
    });
    const page = await context.newPage();
    const go = (path: string) => page.goto(stack.apiUrl + path);

    await go('/?sort=newest');
    await page.getByRole('article').first().waitFor();
    await take(page, 'directory');
    await page.getByRole('article').nth(1).getByRole('heading').getByRole('link').click();
    await watchVideo(page);
    await take(page, 'channel');

    await go('/sign-in?to=%2Fdashboard%2Fstreams');
    await signIn(page, demoAccounts.creator.username, demoAccounts.creator.password);
    await page.getByRole('main').locator('a[href*="/dashboard/streams/"]').first().click();
    await page.locator('canvas').first().waitFor();
    await take(page, 'analytics');
  } finally {
    await browser.close();
    await stack.stop();
  }
}

/** Takes a picture when all images of the page are there. */
async function take(page: Page, name: string): Promise<void> {
  await page.waitForLoadState('networkidle').catch(() => undefined);
  await page.mouse.move(0, 0);
  await page.screenshot({ path: join(FOLDER, `${name}.jpg`), type: 'jpeg', quality: 82 });
  console.log(join(FOLDER, `${name}.jpg`));
}

main().then(
  () => process.exit(0),
  error => {
    console.error(error);
    process.exit(1);
  },
);
