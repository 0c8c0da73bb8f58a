import type { Page } from 'playwright-core';
import { eventually } from '../e2e/eventually.ts';

/** The password of the users whom tests create. */
export const PASSWORD = 'correct horse battery';

/** Signs in by the form of the web app. The page then shows what `to` names. */
export async function signIn(page: Page, username: string, password = PASSWORD): Promise<void> {
  await page.getByLabel('Username').fill(username);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: `Account of ${username}` }).waitFor();
}

/** Waits until the video of a page has advanced by a second. */
export async function watchVideo(page: Page): Promise<void> {
  const time = async () => Number(await page.evaluate("document.querySelector('video')?.currentTime ?? 0"));
  const before = await eventually(time, seconds => seconds > 0.2);
  await eventually(time, seconds => seconds > before + 1);
}
