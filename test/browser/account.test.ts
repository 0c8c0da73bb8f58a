import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { expectFault, useApp } from './app.ts';
import { hasBrowser } from './chromium.ts';
import { signIn } from './steps.ts';

const mails = z.object({
  mails: z.array(z.object({ to: z.string(), subject: z.string(), text: z.string() })),
});

(hasBrowser ? describe : describe.skip)('an account', () => {
  const app = useApp();
  const newestMail = async () => {
    const answer = await fetch(`${app.stack().awsUrl}/_local/mails`);
    return mails.parse(await answer.json()).mails[0];
  };
  const newestCode = async () => /^ {4}(\S+)$/m.exec((await newestMail())?.text ?? '')?.[1] ?? '';

  test('gets an address, loses its password, and signs strangers out', async () => {
    const name = app.newName('nora');
    const email = `${name}@example.com`;
    // This is another device.
    await app.signUp(name);
    const page = await app.open('/sign-in?to=%2Fsettings');
    await signIn(page, name);

    const address = page.getByRole('region', { name: 'E-mail address' });
    await address.getByLabel('Address').fill(email);
    await page.keyboard.press('Enter');
    await address.getByText('We have sent a code').waitFor();
    expectFault(page, /403/);
    await address.getByLabel('Code').fill('0000-0000-0000');
    await page.keyboard.press('Enter');
    await address.getByText('The code is wrong').waitFor();
    await address.getByLabel('Code').fill(await newestCode());
    await page.keyboard.press('Enter');
    await address.getByText(`Your address is ${email}`).waitFor();

    const signIns = page.getByRole('region', { name: 'Where you are signed in' });
    await signIns.getByText('This browser').waitFor();
    expect(await signIns.getByRole('listitem').count()).toBe(2);
    await signIns.getByText('Chrome on Linux').waitFor();
    await signIns.getByRole('button', { name: 'Sign out everywhere else…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Sign out everywhere else' }).click();
    await signIns.getByText('All other devices were signed out.').waitFor();
    expect(await signIns.getByRole('listitem').count()).toBe(1);

    const other = await app.open('/sign-in');
    await other.getByRole('link', { name: 'Forgot your password?' }).click();
    await other.getByLabel('E-mail address').fill(email);
    await other.keyboard.press('Enter');
    await other.getByText('a code is on its way').waitFor();
    await other.getByLabel('Code').fill(await newestCode());
    await other.getByLabel('New password').fill('Password123');
    expectFault(other, /422/);
    await other.keyboard.press('Enter');
    await other.getByText('Is one of the most common passwords').waitFor();
    await other.getByLabel('New password').fill('a horse of another color');
    await other.keyboard.press('Enter');
    await other.getByRole('button', { name: `Account of ${name}` }).waitFor();
    expect((await newestMail())?.subject).toBe('Your password is being changed');

    // The first browser is signed out, and signs in with the new password.
    expectFault(page, /401/);
    await page.reload();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await signIn(page, name, 'a horse of another color');
  }, 60_000);
});
