import { none, route } from '../http/route.ts';
import { credentialsSchema, provedSchema, refreshSchema, signedInSchema, stepUpSchema } from './schemas.ts';

export const createSessionRoute = route('createSession', {
  summary: 'Sign in',
  description:
    'Returns tokens for a username and its password. The case of the username is ignored. An unknown ' +
    'username and a wrong password get the same response. After five wrong passwords in a row, each ' +
    'within 15 minutes of the one before, the account accepts no sign-in from that network for 15 ' +
    'minutes. After 100 wrong passwords in one day (UTC), the account accepts no sign-in from any ' +
    'network until the next day. A device that sends its `deviceToken` has its own counter, so that ' +
    'wrong passwords from other devices do not lock it out.',
  params: none,
  query: none,
  body: credentialsSchema,
  auth: 'none',
  idempotent: true,
  answersSignIn: true,
  ok: { description: 'The user is signed in.', schema: signedInSchema },
  problems: ['unauthenticated'],
});

export const refreshSessionRoute = route('refreshSession', {
  summary: 'Refresh the tokens',
  description:
    'Exchanges a refresh token for new tokens. For 30 seconds after the first use, the same refresh ' +
    'token returns the same successor, so that a lost response or a second browser tab does not sign ' +
    'the user out. Later use of a replaced refresh token ends the sign-in, because the token may have ' +
    'been stolen. With an `Idempotency-Key`, the response is repeated as long as its refresh token is ' +
    'the newest one.',
  params: none,
  query: none,
  body: refreshSchema,
  auth: 'none',
  idempotent: true,
  answersSignIn: true,
  ok: { description: 'The new tokens.', schema: signedInSchema },
  problems: ['unauthenticated'],
});

export const stepUpRoute = route('stepUp', {
  summary: 'Confirm your password',
  description:
    'Confirms the password of the signed-in user. For five minutes, this sign-in can make the requests ' +
    'that require a recent password: change the username, delete the account, read the stream key and ' +
    'replace the stream key. A token refresh does not extend the five minutes.',
  params: none,
  query: none,
  body: stepUpSchema,
  auth: 'user',
  ok: { description: 'The password is confirmed.', schema: provedSchema },
  problems: ['forbidden'],
});

export const deleteSessionRoute = route('deleteSession', {
  summary: 'Sign out',
  description:
    'Ends the sign-in that issued the access token. Its refresh token stops working at once. The access ' +
    'token stays valid until it expires, at most 15 minutes later. If the sign-in has already ended, ' +
    'nothing changes.',
  params: none,
  query: none,
  auth: 'user',
  ok: { status: 204, description: 'The user is signed out.' },
  problems: [],
});
