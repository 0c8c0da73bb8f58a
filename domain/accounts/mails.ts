import { codeLimits } from '../../model/emailCode.ts';
import type { Mail } from '../../store/mailer.ts';

// No mail has a link or a secret that works by itself: a code also needs the sign-in or the page that requested it.

const codeText = (code: string, where: string) => `Your code is

    ${code}

Enter it ${where}. It works once, and for ${codeLimits.seconds / 60} minutes.`;

const ignore = 'If you did not request this, ignore this mail.';
const alarm =
  'If this was not you, reset your password now: choose "Forgot your password?" on the page where you sign in.';

/** Verifies an address. */
export const addressMail = (to: string, username: string, code: string): Mail => ({
  to,
  subject: 'Confirm your e-mail address',
  text: `${username} wants to use this address for their account.

${codeText(code, 'on the page where you entered the address')}

${ignore}
`,
});

/** Resets a password. */
export const resetMail = (to: string, username: string, code: string): Mail => ({
  to,
  subject: 'Reset your password',
  text: `Somebody wants to set a new password for your account ${username}.

${codeText(code, 'on the page where you requested it, with a new password')}

${ignore}
`,
});

/** Tells that the password is changed by a reset. */
export const wasResetMail = (to: string, username: string): Mail => ({
  to,
  subject: 'Your password is being changed',
  text: `Somebody entered a code from a mail to you, and sets a new password for your account ${username}.
All devices are signed out.

${alarm}
`,
});

/** Tells the old address that another one, or none, takes its place. */
export const changedAddressMail = (to: string, username: string, next: string | undefined): Mail => ({
  to,
  subject: 'Your e-mail address is being changed',
  text: `The address of your account ${username} is being ${next === undefined ? 'removed' : `changed to ${maskedAddress(next)}`}.
This address will no longer get mails about the account, and cannot reset its password.

If this was not you, sign in, change your password, and set the address again.
`,
});

/** `a…@example.com`: the owner recognizes it, and others do not learn it. */
const maskedAddress = (address: string) => address.replace(/^(.).*@/, '$1…@');
