import { passwordToVerify } from '../../../model/password.ts';
import * as z from '../../../model/zod.ts';
import { listQuery } from '../http/lists.ts';
import { none, route } from '../http/route.ts';

/**
 * The request body of `createSession`. It accepts values that no account can have: they are wrong
 * credentials, not invalid values.
 */
const credentialsSchema = z
  .strictObject({
    username: z
      .string()
      .check(z.minLength(1, 'must not be empty'), z.maxLength(64, 'is too long'), z.meta({ example: 'ann' })),
    password: passwordToVerify.check(
      z.meta({
        type: 'string',
        format: 'password',
        minLength: 1,
        maxLength: 512,
      }),
    ),
    deviceToken: z.optional(z.string().check(z.maxLength(1024, 'is too long'))).check(
      z.meta({
        description:
          'The `deviceToken` of the last sign-in on this device. An invalid one is ignored. With ' +
          '`X-Refresh-Token: cookie` it is in a cookie.',
      }),
    ),
  })
  .check(z.meta({ id: 'Credentials' }));

const refreshSchema = z
  .strictObject({
    refreshToken: z
      .optional(z.string().check(z.minLength(1, 'must not be empty'), z.maxLength(512, 'is too long')))
      .check(
        z.meta({ description: 'Required, except with `X-Refresh-Token: cookie`: then it is in the cookie.' }),
      ),
  })
  .check(
    z.refine(({ refreshToken }) => refreshToken !== undefined, {
      path: ['refreshToken'],
      message: 'is required without X-Refresh-Token: cookie',
    }),
    z.meta({ id: 'Refresh' }),
  );

const stepUpSchema = z
  .strictObject({
    currentPassword: passwordToVerify.check(
      z.meta({
        type: 'string',
        format: 'password',
        minLength: 1,
        maxLength: 512,
      }),
    ),
  })
  .check(z.meta({ id: 'StepUp' }));

export const createSessionRoute = route('createSession', {
  params: none,
  query: none,
  body: credentialsSchema,
  auth: 'none',
  idempotent: true,
  answersSignIn: true,
});

export const refreshSessionRoute = route('refreshSession', {
  params: none,
  query: none,
  body: refreshSchema,
  auth: 'none',
  idempotent: true,
  answersSignIn: true,
});

export const stepUpRoute = route('stepUp', {
  params: none,
  query: none,
  body: stepUpSchema,
  auth: 'user',
});

export const deleteSessionRoute = route('deleteSession', {
  params: none,
  query: none,
  auth: 'user',
  ends: 'signIn',
});

const sessionId = z
  .string()
  .check(
    z.regex(/^[\w-]{22}$/, 'must be the id of a sign-in'),
    z.meta({ description: 'The `id` of a sign-in in the list.', example: 'pZ3dVh0aXlK9c2sQwR7uTg' }),
  );

export const listSessionsRoute = route('listSessions', {
  params: none,
  query: z.strictObject(listQuery),
  auth: 'user',
});

export const endOtherSessionsRoute = route('endOtherSessions', {
  params: none,
  query: none,
  auth: 'user',
});

export const endSessionRoute = route('endSession', {
  params: z.strictObject({ sessionId }),
  query: none,
  auth: 'user',
});
