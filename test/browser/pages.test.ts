import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import type { Locator, Page } from 'playwright-core';
import { barriersOf, directoryFiles, useApp } from './app.ts';
import { hasBrowser } from './chromium.ts';
import { isTooWide, keyboardFaultsOf, overlapsOf } from './layout.ts';
import { PASSWORD, signIn } from './steps.ts';

const markup = '<img src=x onerror=alert(1)><script>alert(2)</script>';
const rightToLeft = 'عنوان من اليمين إلى اليسار';
const family = '👩‍👩‍👧‍👦';
const marks = 'e\u0301\u0323\u0302\u0308';

/** What has broken pages of streaming sites: the name and the title of somebody who is live. */
const people = [
  { name: 'W'.repeat(32), title: 'W'.repeat(140) },
  { name: 'اسم طويل من اليمين', title: `${rightToLeft} ${rightToLeft} ${rightToLeft}` },
  { name: `${family}👍🏽🇪🇺${family}`, title: `${markup} ${family} ${marks.repeat(4)}` },
  { name: marks.repeat(8), title: 'Short' },
] as const;

const widths = [390, 900, 1600];

(hasBrowser ? describe : describe.skip)('every page', () => {
  const app = useApp();

  /** Looks at a page in both themes and at each width. Returns what is wrong with it. */
  async function faultsOf(page: Page): Promise<string[]> {
    const faults: string[] = [];
    const note = (where: number | string, found: readonly string[]) =>
      faults.push(...found.map(fault => `${new URL(page.url()).pathname} ${where}: ${fault}`));
    for (const colorScheme of ['dark', 'light'] as const) {
      // Without motion, the colors are not measured in the middle of a transition.
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      // Only colors depend on the theme.
      note(colorScheme, await barriersOf(page, colorScheme === 'light' ? ['color-contrast'] : undefined));
    }
    for (const width of widths) {
      await page.setViewportSize({ width, height: 800 });
      note(width, (await isTooWide(page)) ? ['is wider than the window'] : []);
      note(width, await overlapsOf(page));
      // On a phone, bars at both ends can cover what has the focus.
      if (width === 390) note(width, await keyboardFaultsOf(page));
    }
    note('markup', await page.locator('img[src=x], main script').allInnerTexts());
    return faults;
  }

  test('can be used by everybody, fits every width, and shows text of users as text', async () => {
    const users = await Promise.all(
      people.map((_, index) => app.signUp(app.newName(`dora${'x'.repeat(index)}`))),
    );
    for (const [index, user] of users.entries()) {
      const { name = '', title = '' } = people[index] ?? {};
      const changed = await user.api.PATCH('/v1/users/me/profile', {
        body: { displayName: name, bio: title },
      });
      expect(changed.error).toBeUndefined();
      await user.goLive(title);
    }
    const [first, second] = users.map(({ username }) => username);
    const moderator = { username: second ?? '', moderatorUsername: first ?? '' };
    const path = '/v1/channels/{username}/moderators/{moderatorUsername}';
    await users[1]?.api.PUT(path, { params: { path: moderator } });
    const page = await app.open('/sign-in?to=%2F');
    const faults = await faultsOf(page);
    await signIn(page, first ?? '');
    await page.goto(`${app.url()}/c/${first}`);
    for (const text of ['W'.repeat(140), markup, rightToLeft]) {
      await page.getByRole('textbox', { name: 'Message', exact: true }).fill(text);
      await page.keyboard.press('Enter');
      await page.getByRole('list', { name: 'Messages' }).getByText(text).waitFor();
    }
    const paths = [
      `/c/${first}`,
      `/c/${second}`,
      '/',
      '/categories',
      '/recordings',
      '/stages',
      '/search?q=do',
      '/following',
      '/settings',
      '/lost-password',
      '/moderating',
      `/c/${second}/moderation`,
      ...['', '/health', '/streams', '/moderation', '/stage', '/profile'].map(name => `/dashboard${name}`),
      '/nothing/here',
    ];
    for (const path of paths) {
      await page.goto(app.url() + path);
      await page.getByRole('heading').first().waitFor();
      await page.getByRole('status', { name: 'Loading' }).first().waitFor({ state: 'detached' });
      faults.push(...(await faultsOf(page)));
    }
    expect(faults).toEqual([]);
  });

  test('shows the cards of a grid in rows, whatever their titles, also after the tenth', async () => {
    const owner = await app.signUp(app.newName('grit'));
    await owner.goLive('A grid');
    const page = await app.open('/nothing/here');
    await page.route('**/v1/channels?*', async route => {
      const answer = await route.fetch();
      const { items } = await answer.json();
      const cards = Array.from({ length: 23 }, (_, index) => ({
        ...items[0],
        id: `card-${index}`,
        title:
          index % 3 === 0
            ? 'A title that is so long that it needs a second line in a card of every width'
            : 'Short',
      }));
      await route.fulfill({ response: answer, json: { items: cards, nextCursor: null } });
    });
    await page.getByRole('navigation').getByRole('link', { name: 'Live' }).click();
    await page.getByRole('article').nth(22).waitFor();
    for (const width of widths) {
      await page.setViewportSize({ width, height: 800 });
      const boxes = await Promise.all(
        (await page.getByRole('article').all()).map(
          async card => (await card.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 },
        ),
      );
      const tops = [...new Set(boxes.map(({ y }) => Math.round(y)))];
      const rows = tops.map(top => boxes.filter(({ y }) => Math.round(y) === top));
      const columns = rows[0]?.length ?? 0;
      expect(rows.map(row => row.length).slice(0, -1)).toEqual(Array(rows.length - 1).fill(columns));
      expect(rows).toHaveLength(Math.ceil(23 / columns));
      expect(new Set(boxes.map(box => Math.round(box.width))).size).toBe(1);
      for (const [index, row] of rows.slice(0, -1).entries())
        expect(Math.max(...row.map(({ y, height }) => y + height))).toBeLessThan(tops[index + 1] ?? 0);
      expect(await overlapsOf(page)).toEqual([]);
    }
  });

  test('tells the time of the server on a computer whose clock is an hour ahead', async () => {
    const HOUR = 3_600_000;
    const [lena, milo] = [app.newName('lena'), app.newName('milo')];
    const owner = await app.signUp(lena);
    await app.signUp(milo);
    const title = `The time of ${lena}`;
    await owner.goLive(title);
    const page = await app.open('/nothing/here');
    await page.clock.install({ time: Date.now() + HOUR });
    await page.goto(`${app.url()}/sign-in?to=%2F`);
    expect(Number(await page.evaluate('Date.now()')) - Date.now()).toBeGreaterThan(HOUR / 2);
    await signIn(page, lena);
    const card = page.getByRole('article').filter({ hasText: title });
    await card
      .getByTitle('Live for')
      .filter({ hasText: /^[0-4]:\d\d$/ })
      .waitFor();
    await page.goto(`${app.url()}/dashboard`);
    await page
      .getByText(/^[0-4]:\d\d$/)
      .first()
      .waitFor();
    await page.goto(`${app.url()}/dashboard/moderation`);
    await page.getByLabel('Ban a user by name').fill(milo);
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('For', { exact: true }).selectOption('10 minutes');
    await dialog.getByRole('button', { name: 'Ban', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
    const { data } = await owner.api.GET('/v1/channels/{username}/chat/bans', {
      params: { path: { username: lena } },
    });
    const lasts = Date.parse(data?.items[0]?.until ?? '') - Date.now();
    expect(lasts).toBeGreaterThan(0);
    expect(lasts).toBeLessThan(HOUR / 2);
  });

  test('can be used with the keyboard alone', async () => {
    const [nell, otto] = [app.newName('nell'), app.newName('otto')];
    const title = `Knitting with ${nell}`;
    await (await app.signUp(nell)).goLive(title);
    await app.signUp(otto);
    const page = await app.open('/');
    /** Presses Tab until something has the focus. */
    const tabTo = async (target: Locator) => {
      await target.waitFor();
      for (let presses = 0; presses < 120; presses++) {
        if ((await target.and(page.locator(':focus')).count()) > 0) return;
        await page.keyboard.press('Tab');
      }
      throw new Error(`Tab does not lead to ${target}`);
    };
    const activate = async (target: Locator) => {
      await tabTo(target);
      await page.keyboard.press('Enter');
    };
    await activate(page.getByRole('link', { name: title }));
    await page.getByRole('heading', { name: title }).waitFor();
    await tabTo(page.getByRole('button', { name: 'Turn off the sound' }));
    await page.keyboard.press('m');
    await page.getByRole('button', { name: 'Turn on the sound' }).first().waitFor();
    await activate(page.getByRole('link', { name: 'Sign in to chat' }));
    await tabTo(page.getByLabel('Username'));
    await page.keyboard.type(otto);
    await page.keyboard.press('Tab');
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press('Enter');
    await tabTo(page.getByRole('textbox', { name: 'Message', exact: true }));
    await page.keyboard.type('hello from the keyboard');
    await page.keyboard.press('Enter');
    await page.getByRole('list', { name: 'Messages' }).getByText('hello from the keyboard').waitFor();
    await activate(page.getByRole('button', { name: 'Follow', exact: true }));
    await page.getByRole('button', { name: 'Following' }).waitFor();
    await activate(page.getByRole('button', { name: `Account of ${otto}` }));
    await activate(page.getByRole('link', { name: 'Dashboard' }));
    await activate(
      page.getByRole('navigation', { name: 'Dashboard' }).getByRole('link', { name: 'Moderation' }),
    );
    await tabTo(page.getByLabel('Ban a user by name'));
    await page.keyboard.type(nell);
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await tabTo(page.getByLabel('Block a word or phrase'));
    await page.keyboard.type('scissors');
    await page.keyboard.press('Enter');
    await page.getByRole('list', { name: 'Blocked terms' }).getByText('scissors').waitFor();
  });

  test('of the directory needs few requests, and stays where it is while its pictures and numbers arrive', async () => {
    const page = await app.open('/nothing/here');
    const asked: string[] = [];
    page.on('request', request => asked.push(`${request.resourceType()} ${new URL(request.url()).pathname}`));
    await page.goto(app.url());
    await page.getByRole('article').first().waitFor();
    const shifts = `new Promise(resolve => {
      let sum = 0;
      new PerformanceObserver(list => {
        for (const entry of list.getEntries()) sum += entry.value;
      }).observe({ type: 'layout-shift', buffered: true });
      setTimeout(() => resolve(sum), 300);
    })`;
    expect(Number(await page.evaluate(shifts))).toBeLessThan(0.02);
    const requests = asked.filter(request => !request.startsWith('image '));
    expect(requests.filter(request => request.includes(' /v1/')).sort()).toEqual([
      'fetch /v1/categories',
      'fetch /v1/channels',
    ]);
    expect(requests.length).toBeLessThanOrEqual(9);
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
