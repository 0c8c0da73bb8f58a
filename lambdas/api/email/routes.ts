import { emailAddress } from '../../../model/emailAddress.ts';
import { password, passwordToVerify } from '../../../model/password.ts';
import * as z from '../../../model/zod.ts';
import { none, route } from '../http/route.ts';

// No format, because a JSON schema's e-mail addresses include some that this API refuses.
const email = emailAddress.check(
  z.meta({ description: 'An e-mail address of ASCII characters.', example: 'ann@example.com' }),
);

const code = z.string().check(
  z.minLength(1, 'must not be empty'),
  z.maxLength(64, 'is too long'),
  z.meta({
    description: 'The code in the mail. Case, spaces and hyphens do not matter.',
    example: '7K2M-9QXA-T4WD',
  }),
);

export const getEmailRoute = route('getEmail', { params: none, query: none, auth: 'user' });

export const changeEmailRoute = route('changeEmail', {
  params: none,
  query: none,
  body: z
    .strictObject({
      email,
      currentPassword: z.optional(
        passwordToVerify.check(z.meta({ type: 'string', format: 'password', minLength: 1, maxLength: 512 })),
      ),
    })
    .check(z.meta({ id: 'EmailChange' })),
  auth: 'user',
  stepUp: 'always',
});

export const confirmEmailRoute = route('confirmEmail', {
  params: none,
  query: none,
  body: z.strictObject({ code }).check(z.meta({ id: 'EmailConfirmation' })),
  auth: 'user',
});

export const removeEmailRoute = route('removeEmail', {
  params: none,
  query: none,
  auth: 'user',
  stepUp: 'always',
});

export const requestPasswordResetRoute = route('requestPasswordReset', {
  params: none,
  query: none,
  body: z.strictObject({ email }).check(z.meta({ id: 'PasswordResetRequest' })),
  auth: 'none',
});

export const resetPasswordRoute = route('resetPassword', {
  params: none,
  query: none,
  body: z
    .strictObject({
      resetId: z.string().check(
        z.regex(/^[\w-]{22}$/, 'must be the resetId of a request'),
        z.meta({
          description: 'The `resetId` of the request that sent the mail.',
          example: 'pZ3dVh0aXlK9c2sQwR7uTg',
        }),
      ),
      code,
      password: password.check(
        z.meta({
          type: 'string',
          format: 'password',
          description:
            '8 to 128 characters. It may not be one of the most common passwords or contain the username.',
        }),
      ),
    })
    .check(z.meta({ id: 'PasswordReset' })),
  auth: 'none',
  answersSignIn: true,
});
