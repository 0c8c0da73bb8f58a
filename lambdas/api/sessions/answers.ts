import { z } from '@hono/zod-openapi';
import { listSchema, operation } from '../http/operation.ts';
import {
  createSessionRoute,
  deleteSessionRoute,
  endOtherSessionsRoute,
  endSessionRoute,
  listSessionsRoute,
  refreshSessionRoute,
  stepUpRoute,
} from './routes.ts';

const userSchema = z
  .object({
    id: z.string(),
    username: z.string().openapi({ example: 'ann' }),
    channelId: z.string(),
    createdAt: z.iso.datetime(),
  })
  .openapi('User');

/** The response to a sign-up, a sign-in or a refresh. */
export const signedInSchema = z
  .object({
    user: userSchema,
    accessToken: z.string().openapi({
      description:
        'A JSON Web Token. Send it as `Authorization: Bearer <token>`. Do not parse it: its contents may ' +
        'change.',
    }),
    refreshToken: z
      .string()
      .optional()
      .openapi({
        description:
          'Valid for one refresh, within 30 days. The same refresh can be repeated for 30 seconds. Later ' +
          'use ends the sign-in. With `X-Refresh-Token: cookie` it is in a cookie instead.',
      }),
    deviceToken: z
      .string()
      .optional()
      .openapi({
        description:
          'Store it on the device, also after signing out, and send it with the next sign-in. It allows ' +
          'this device to sign in while the account is locked by wrong passwords from other devices. It ' +
          'grants no access. Replace it with the one from the newest response. With `X-Refresh-Token: cookie` ' +
          'it is in a cookie instead.',
      }),
    expiresIn: z.int().openapi({ description: 'The lifetime of the access token in seconds.', example: 900 }),
  })
  .openapi('SignedIn');
export type SignedInBody = z.infer<typeof signedInSchema>;

const provedSchema = z
  .object({
    until: z.iso
      .datetime()
      .openapi({ description: 'The time until which the password counts as recently confirmed.' }),
  })
  .openapi('Proved');

export const createSessionOperation = operation(createSessionRoute, {
  summary: 'Sign in',
  description:
    'Returns tokens for a username and its password. The case of the username is ignored. An unknown ' +
    'username and a wrong password get the same response. After five wrong passwords in a row, each ' +
    'within 15 minutes of the one before, the account accepts no sign-in from that network for 15 ' +
    'minutes. After 100 wrong passwords in one day (UTC), the account accepts no sign-in from any ' +
    'network until the next day. A device that sends its `deviceToken` has its own counter, so that ' +
    'wrong passwords from other devices do not lock it out.',
  ok: { description: 'The user is signed in.', schema: signedInSchema },
  problems: ['unauthenticated'],
});

export const refreshSessionOperation = operation(refreshSessionRoute, {
  summary: 'Refresh the tokens',
  description:
    'Exchanges a refresh token for new tokens. For 30 seconds after the first use, the same refresh ' +
    'token returns the same successor, so that a lost response or a second browser tab does not sign ' +
    'the user out. Later use of a replaced refresh token ends the sign-in, because the token may have ' +
    'been stolen. With an `Idempotency-Key`, the response is repeated as long as its refresh token is ' +
    'the newest one.',
  ok: { description: 'The new tokens.', schema: signedInSchema },
  problems: ['unauthenticated'],
});

export const stepUpOperation = operation(stepUpRoute, {
  summary: 'Confirm your password',
  description:
    'Confirms the password of the signed-in user. For five minutes, this sign-in can make the requests ' +
    'that require a recent password: change the username, delete the account, read the stream key and ' +
    'replace the stream key. A token refresh does not extend the five minutes.',
  ok: { description: 'The password is confirmed.', schema: provedSchema },
  problems: ['forbidden'],
});

export const deleteSessionOperation = operation(deleteSessionRoute, {
  summary: 'Sign out',
  description:
    'Ends the sign-in that issued the access token. Its refresh token stops working at once, and its access ' +
    'tokens within a minute. If the sign-in has already ended, nothing changes.',
  ok: { status: 204, description: 'The user is signed out.' },
  problems: [],
});

const sessionSchema = z
  .object({
    id: z.string().openapi({ example: 'pZ3dVh0aXlK9c2sQwR7uTg' }),
    isCurrent: z.boolean().openapi({ description: 'Whether this is the sign-in of the access token.' }),
    device: z.string().nullable().openapi({
      description: 'What the device called itself when the sign-in was last used. Null if it did not.',
      example: 'Firefox on Windows',
    }),
    network: z
      .string()
      .nullable()
      .openapi({
        description:
          'The network in which the sign-in was last used: an IPv4 /16 or an IPv6 /32. It does not identify a ' +
          'subscriber. Null if it is not known.',
        example: '203.0.0.0/16',
      }),
    createdAt: z.iso.datetime().openapi({ description: 'When the user signed in.' }),
    lastUsedAt: z.iso.datetime().openapi({
      description: 'When the tokens were last refreshed or the password was last confirmed.',
    }),
  })
  .openapi('Session');
export type SessionBody = z.infer<typeof sessionSchema>;

export const listSessionsOperation = operation(listSessionsRoute, {
  summary: 'List your sign-ins',
  description: "Returns the caller's sign-ins that have not ended, newest first.",
  ok: { description: 'A page of sign-ins.', schema: listSchema('Sessions', sessionSchema) },
  problems: ['invalid-cursor'],
});

export const endSessionOperation = operation(endSessionRoute, {
  summary: 'End a sign-in',
  description:
    "Ends one of the caller's sign-ins. Its refresh token and the routes that need a recent password stop working " +
    'for it at once, and all other routes within a minute. If the caller has no such sign-in, nothing changes.',
  ok: { status: 204, description: 'The sign-in has ended.' },
  problems: [],
});

export const endOtherSessionsOperation = operation(endOtherSessionsRoute, {
  summary: 'End all other sign-ins',
  description:
    "Ends all of the caller's sign-ins except the one of the access token, at one instant. Other devices count as " +
    'unknown afterwards: their `deviceToken` has no effect until they sign in again.',
  ok: { status: 204, description: 'All other sign-ins have ended.' },
  problems: [],
});
