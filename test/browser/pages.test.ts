import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { barriersOf, directoryFiles, useApp } from './app.ts';
import { hasBrowser } from './chromium.ts';
import { signIn } from './steps.ts';

/** A title that tries everything that has broken pages of streaming sites. */
const hostile = [
  '<img src=x onerror=alert(1)><script>alert(2)</script>',
  '\u202e level \u202c',
  'عنوان من اليمين إلى اليسار',
  '👩‍👩‍👧‍👦👍🏽🇪🇺',
  'e\u0301\u0323\u0302\u0308',
].join(' ');
const longWord = 'W'.repeat(140);

const widths = [390, 900, 1600];

/** Whether a page is wider than the window: something does not fit. */
const isTooWide = (page: Page) =>
  page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth');

(hasBrowser ? describe : describe.skip)('every page', () => {
  const app = useApp();

  test('can be used by everybody, fits every width, and shows text of users as text', async () => {
    const [dora, erik] = [app.newName('dora'), app.newName('erik')];
    const [first, second] = [await app.signUp(dora), await app.signUp(erik)];
    await first.goLive(hostile);
    await second.goLive(longWord);
    const page = await app.open('/sign-in?to=%2F');
    expect(await barriersOf(page)).toEqual([]);
    await signIn(page, erik);

    const paths = [
      '/?sort=newest',
      `/c/${dora}`,
      `/c/${erik}`,
      '/categories',
      '/search?q=do',
      '/following',
      '/settings',
    ];
    for (const path of [...paths, '/nothing/here']) {
      await page.goto(app.url() + path);
      await page.getByRole('heading').first().waitFor();
      for (const colorScheme of ['dark', 'light'] as const) {
        await page.emulateMedia({ colorScheme });
        expect({ path, colorScheme, barriers: await barriersOf(page) }).toEqual({
          path,
          colorScheme,
          barriers: [],
        });
      }
      for (const width of widths) {
        await page.setViewportSize({ width, height: 800 });
        expect({ path, width, tooWide: await isTooWide(page) }).toEqual({ path, width, tooWide: false });
      }
      expect(await page.locator('img[src=x], main script').count()).toBe(0);
    }
  });

  test('of the directory stays where it is while its pictures and numbers arrive', async () => {
    const page = await app.open('/');
    await page.getByRole('article').first().waitFor();
    const shifts = `new Promise(resolve => {
      let sum = 0;
      new PerformanceObserver(list => {
        for (const entry of list.getEntries()) sum += entry.value;
      }).observe({ type: 'layout-shift', buffered: true });
      setTimeout(() => resolve(sum), 300);
    })`;
    expect(Number(await page.evaluate(shifts))).toBeLessThan(0.02);
  });
});

describe('the built app', () => {
  test('loads at most 60 kB, compressed, in at most 6 files to show the directory', () => {
    const files = directoryFiles();
    expect(files.length).toBeGreaterThan(1);
    expect(files.length).toBeLessThanOrEqual(6);
    const bytes = files.reduce((sum, file) => sum + gzipSync(readFileSync(file)).length, 0);
    expect(bytes).toBeLessThanOrEqual(60_000);
  });
});
