import { setTimeout as lasting } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { endOfStream, expectFault, useApp } from './app.ts';
import { hasBrowser } from './chromium.ts';
import { watchVideo } from './steps.ts';

(hasBrowser ? describe : describe.skip)('the player', () => {
  const app = useApp();
  const playlists = /\/_local\/hls\/.*\.m3u8/;

  /** Opens the channel of a new user who is live, and watches it. */
  async function watching(name: string) {
    const username = app.newName(name);
    const owner = await app.signUp(username);
    await owner.goLive(`The stream of ${username}`);
    const page = await app.open(`/c/${username}`);
    await watchVideo(page);
    await page.evaluate('window.isSamePage = true');
    return { page, owner };
  }

  async function expectToPlayOn(page: Page) {
    await watchVideo(page);
    await page.getByText('Reconnecting to the stream').waitFor({ state: 'hidden' });
    expect(await page.evaluate('window.isSamePage')).toBe(true);
  }

  test('plays on by itself after what players are known for not recovering from', async () => {
    const networkGone = async () => {
      const { page } = await watching('nia');
      expectFault(page, /ERR_INTERNET_DISCONNECTED|ERR_NETWORK_CHANGED/);
      await page.context().setOffline(true);
      await lasting(15_000);
      await page.context().setOffline(false);
      await expectToPlayOn(page);
    };
    const encoderGone = async () => {
      const { page, owner } = await watching('ovid');
      expectFault(page, endOfStream);
      await owner.loseEncoder();
      await page.getByText('The stream is over').waitFor();
      await lasting(10_000);
      await owner.returnEncoder();
      await expectToPlayOn(page);
    };
    const playlistGone = async () => {
      const { page } = await watching('pia');
      expectFault(page, /404/);
      await page.route(playlists, route => route.fulfill({ status: 404 }));
      await page.getByText('Waiting for the stream').waitFor();
      await page.unroute(playlists);
      await expectToPlayOn(page);
      // The player has played to the end that the playlist names.
      await page.route(playlists, async route => {
        const answer = await route.fetch();
        await route.fulfill({ response: answer, body: `${await answer.text()}#EXT-X-ENDLIST\n` });
      });
      await page.getByText('The stream has paused or ended').waitFor();
      await page.unroute(playlists);
      await expectToPlayOn(page);
    };
    await Promise.all([networkGone(), encoderGone(), playlistGone()]);
  });
});
