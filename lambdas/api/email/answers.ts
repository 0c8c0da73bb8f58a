import { z } from '@hono/zod-openapi';
import { operation } from '../http/operation.ts';
import { signedInSchema } from '../sessions/answers.ts';
import {
  changeEmailRoute,
  confirmEmailRoute,
  getEmailRoute,
  removeEmailRoute,
  requestPasswordResetRoute,
  resetPasswordRoute,
} from './routes.ts';

const address = z.string().openapi({ example: 'ann@example.com' });
const noMail = ' If the platform sends no mail, the response is a 409 with the reason `mail-not-set-up`.';

const pendingSchema = z
  .object({
    email: address,
    expiresAt: z.iso.datetime().openapi({ description: 'The time until which the code works.' }),
  })
  .openapi('PendingEmail');

const emailSchema = z
  .object({
    email: address.nullable().openapi({ description: 'The verified address, or null.' }),
    pending: pendingSchema
      .nullable()
      .openapi({ description: 'The address that waits for its code, or null.' }),
  })
  .openapi('Email');

export const getEmailOperation = operation(getEmailRoute, {
  summary: 'Get your e-mail address',
  description:
    "Returns the caller's e-mail address, which nobody else can see. It is only used to reset the password and for " +
    `notices about security.${noMail}`,
  ok: { description: 'The address.', schema: emailSchema },
  problems: ['conflict'],
});

export const changeEmailOperation = operation(changeEmailRoute, {
  summary: 'Set or change your e-mail address',
  description:
    'Sends a code to the address. The address is yours when you have confirmed it with the code, within 30 minutes ' +
    `and at most five tries. Until then nothing changes. A new request replaces the code.${noMail}`,
  ok: { status: 202, description: 'The code was sent.', schema: pendingSchema },
  problems: ['conflict', 'unavailable'],
});

export const confirmEmailOperation = operation(confirmEmailRoute, {
  summary: 'Confirm your e-mail address',
  description:
    'Makes the address yours with the code from the mail. The former address gets a notice first. An address belongs ' +
    'to one user: if another one has confirmed it, the response is a 409 with the reason `email-taken`. A code that is ' +
    `wrong, has expired or was entered too often is a 403 with the reason \`wrong-code\`.${noMail}`,
  ok: { description: 'The address is yours.', schema: emailSchema },
  problems: ['conflict', 'forbidden', 'unavailable'],
});

export const removeEmailOperation = operation(removeEmailRoute, {
  summary: 'Remove your e-mail address',
  description: `Removes the address, after it got a notice. Without one, nothing changes.${noMail}`,
  ok: { status: 204, description: 'You have no address.' },
  problems: ['conflict', 'unavailable'],
});

const resetSchema = z
  .object({
    resetId: z.string().openapi({
      description: 'Send it with the code. A code works only together with it.',
      example: 'pZ3dVh0aXlK9c2sQwR7uTg',
    }),
  })
  .openapi('RequestedPasswordReset');

export const requestPasswordResetOperation = operation(requestPasswordResetRoute, {
  summary: 'Request a new password',
  description:
    'Sends a code to the address, if a user has verified it. The response is the same, and takes the same time of ' +
    'about three seconds, whether or not a user has. Only three codes per hour are sent to one address for one ' +
    `network; the response does not tell that either.${noMail}`,
  ok: { status: 202, description: 'If the address is known, a code is on its way.', schema: resetSchema },
  problems: ['conflict'],
});

export const resetPasswordOperation = operation(resetPasswordRoute, {
  summary: 'Set a new password with a code',
  description:
    'Sets a new password with the code from the mail, ends all sign-ins, and signs the user in. The address gets a ' +
    'notice. A code works once, for 30 minutes, and can be entered five times. After that, and when it is wrong, the ' +
    `response is a 403 with the reason \`wrong-code\`.${noMail}`,
  ok: { description: 'The password is set, and the user is signed in.', schema: signedInSchema },
  problems: ['conflict', 'forbidden', 'unavailable'],
});
