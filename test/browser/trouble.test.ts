import { setTimeout as lasting } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { eventually } from '../e2e/eventually.ts';
import { endOfStream, expectFault, useApp } from './app.ts';
import { hasBrowser } from './chromium.ts';
import { signIn, watchVideo } from './steps.ts';

(hasBrowser ? describe : describe.skip)('the web app in trouble', () => {
  const app = useApp();

  test('reconnects by itself, and shows the messages that were sent meanwhile', async () => {
    const [fay, gus] = [app.newName('fay'), app.newName('gus')];
    const owner = await app.signUp(fay);
    await owner.goLive('Baking bread');
    const reader = await app.open(`/sign-in?to=%2Fc%2F${fay}`);
    const writer = await app.open(`/sign-in?to=%2Fc%2F${fay}`);
    await app.signUp(gus);
    await signIn(reader, gus);
    await signIn(writer, fay);
    const say = async (text: string) => {
      const message = writer.getByRole('textbox', { name: 'Message', exact: true });
      await message.fill(text);
      await message.press('Enter');
      await writer.getByRole('list', { name: 'Messages' }).getByText(text).waitFor();
    };
    await say('before');
    await reader.getByText('before').waitFor();

    expectFault(reader, /ERR_INTERNET_DISCONNECTED|ERR_NETWORK_CHANGED/);
    await reader.context().setOffline(true);
    await reader.getByText('You are offline').waitFor();
    await say('meanwhile');
    await reader.context().setOffline(false);
    await reader.getByText('meanwhile').waitFor();
    expect(await reader.getByText('before').count()).toBe(1);
    await say('afterwards');
    await reader.getByText('afterwards').waitFor();
    await reader.getByRole('textbox', { name: 'Message', exact: true }).fill('I am back');
    await reader.keyboard.press('Enter');
    await writer.getByText('I am back').waitFor();
    await watchVideo(reader);

    // The event that tells of the end is missed.
    for (const page of [reader, writer]) expectFault(page, endOfStream);
    await reader.context().setOffline(true);
    await owner.endStream();
    await writer.getByText('The stream is over').waitFor();
    await reader.context().setOffline(false);
    await reader.getByText('The stream is over').waitFor();
  });

  test('goes on by itself after the server was restarted, with a new token for each connection of the chat', async () => {
    const [ivo, jan] = [app.newName('ivo'), app.newName('jan')];
    await app.signUp(jan);
    await (await app.signUp(ivo)).goLive('Tuning a piano');
    const page = await app.open(`/sign-in?to=%2Fc%2F${ivo}`);
    const tokens: string[] = [];
    let connections = 0;
    page.on('websocket', () => connections++);
    page.on('response', async answer => {
      if (answer.url().endsWith('/chat/tokens') && answer.ok()) tokens.push((await answer.json()).token);
    });
    await signIn(page, jan);
    const message = page.getByRole('textbox', { name: 'Message', exact: true });
    const say = async (text: string) => {
      await message.fill(text);
      await message.press('Enter');
      await page.getByRole('list', { name: 'Messages' }).getByText(text).waitFor();
    };
    await say('before');

    expectFault(page, /ERR_CONNECTION|ERR_EMPTY_RESPONSE|ERR_SOCKET|WebSocket|50[023]|404/);
    const lost = page.getByText('Connection lost').waitFor();
    await app.restart();
    await lost;
    await say('after');
    expect(await page.getByText('before').count()).toBe(1);
    expect(new Set(tokens).size).toBe(connections);
    expect(connections).toBeGreaterThan(1);
    await watchVideo(page);
  });

  test('can be used while 200 messages a second arrive in its chat', async () => {
    const [liv, max] = [app.newName('liv'), app.newName('max')];
    await (await app.signUp(liv)).goLive('Everybody is here');
    await app.signUp(max);
    const page = await app.open(`/sign-in?to=%2Fc%2F${liv}`);
    let push: ((message: string) => void) | undefined;
    await page.routeWebSocket(/./, socket => {
      const server = socket.connectToServer();
      server.onMessage(message => socket.send(message));
      push = message => socket.send(message);
    });
    await signIn(page, max);
    const message = page.getByRole('textbox', { name: 'Message', exact: true });
    await message.fill('is anybody here?');
    const lines = page.getByRole('list', { name: 'Messages' }).getByRole('listitem');
    const text = (id: number) => `message ${id} of the crowd`;
    await page.evaluate(`(() => {
      window.draws = 0;
      new MutationObserver(() => window.draws++).observe(document.querySelector('.lines'), { childList: true });
    })()`);
    const flood = async () => {
      for (let id = 0; id < 1_000; id++) {
        const sender = { UserId: `u${id % 50}`, Attributes: { username: `fan${id % 50}` } };
        const about = { Type: 'MESSAGE', Id: `crowd${id}`, RequestId: '', Attributes: {}, Sender: sender };
        push?.(JSON.stringify({ ...about, Content: text(id), SendTime: new Date().toISOString() }));
        if (id % 10 === 9) await lasting(50);
      }
    };
    const flooding = flood();
    await lines.getByText(text(300), { exact: true }).waitFor();
    await message.press('Enter');
    await lines.getByText('is anybody here?').waitFor();
    await flooding;
    await lines.getByText(text(999), { exact: true }).waitFor();
    expect(await lines.count()).toBeLessThanOrEqual(300);
    // Each drawing shows many messages.
    expect(Number(await page.evaluate('window.draws'))).toBeLessThan(100);
  });

  test('knows in each tab who is signed in', async () => {
    const hana = app.newName('hana');
    await app.signUp(hana);
    const first = await app.open('/sign-in?to=%2F');
    await signIn(first, hana);
    const second = await first.context().newPage();
    await second.goto(`${app.url()}/following`);
    await second.getByText('You follow nobody yet').waitFor();
    await first.getByRole('button', { name: `Account of ${hana}` }).click();
    await first.getByRole('button', { name: 'Sign out' }).click();
    await first.getByRole('link', { name: 'Sign in' }).waitFor();
    await second.getByRole('heading', { name: 'Sign in' }).waitFor();
  });

  test('ends the sign-in when it is back online after somebody signed out without a connection', async () => {
    const kim = app.newName('kim');
    await app.signUp(kim);
    const page = await app.open('/sign-in?to=%2Fcategories');
    await signIn(page, kim);
    const context = page.context();
    const secrets = async () =>
      (await context.cookies()).map(({ name }) => name).filter(name => name.includes('refresh'));
    expect(await secrets()).toHaveLength(1);
    expectFault(page, /ERR_INTERNET_DISCONNECTED|ERR_NETWORK_CHANGED/);
    await context.setOffline(true);
    await page.getByRole('button', { name: `Account of ${kim}` }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('link', { name: 'Sign in' }).waitFor();
    expect(await secrets()).toHaveLength(1);
    await context.setOffline(false);
    await eventually(secrets, found => found.length === 0);
  });

  test('shows what it waits for while the API is slow, and explains when it does not answer', async () => {
    const page = await app.open('/categories');
    expectFault(page, /500/);
    let answer: (() => void) | undefined;
    await page.route('**/v1/channels?*', async route => {
      await new Promise<void>(resolve => {
        answer = resolve;
      });
      await route.fulfill({ status: 500, contentType: 'application/problem+json', body: '{}' });
    });
    await page.getByRole('navigation').getByRole('link', { name: 'Live' }).click();
    await page.getByRole('status', { name: 'Loading' }).waitFor();
    const failed = page.getByText('This could not be loaded');
    while (!(await failed.isVisible())) {
      answer?.();
      await page.waitForLoadState('networkidle');
    }
    await page.unroute('**/v1/channels?*');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('article').or(page.getByText('Nobody is live')).first().waitFor();
  });
});
