import { none, route } from '../http/route.ts';
import { credentialsSchema, provedSchema, refreshSchema, signedInSchema, stepUpSchema } from './schemas.ts';

export const createSessionRoute = route('createSession', {
  summary: 'Sign in',
  description:
    'Tokens for a username, in any case, and its password. An unknown name and a wrong password are answered ' +
    'alike. After five wrong passwords in a row, with less than 15 minutes between them, the account takes no more from ' +
    'that network for 15 minutes; after 100 in a day (UTC), none from any network until the next. A device that gives its ' +
    '`deviceToken` is counted by itself, so what others guess does not lock it out.',
  params: none,
  query: none,
  body: credentialsSchema,
  auth: 'none',
  idempotent: true,
  answersSignIn: true,
  ok: { description: 'Signed in.', schema: signedInSchema },
  problems: ['unauthenticated'],
});

export const refreshSessionRoute = route('refreshSession', {
  summary: 'Refresh the tokens',
  description:
    'New tokens for a refresh token. The same refresh token gets the same next one for 30 seconds, so that a lost answer ' +
    'or a second tab signs nobody out. After that, a refresh token that was replaced ends the sign-in, because it may have ' +
    'been stolen. With an `Idempotency-Key` the answer is repeated for as long as its refresh token is the newest one.',
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
  summary: 'Prove your password',
  description:
    'For five minutes, the sign-in may do what needs a recent proof of the password: change the name, delete the ' +
    'account, read and replace the stream key. A refresh does not make it longer.',
  params: none,
  query: none,
  body: stepUpSchema,
  auth: 'user',
  ok: { description: 'Proved.', schema: provedSchema },
  problems: ['forbidden'],
});

export const deleteSessionRoute = route('deleteSession', {
  summary: 'Sign out',
  description:
    'Ends the sign-in that the access token comes from: its refresh token is good no longer. The access token ' +
    'itself goes on for the rest of its 15 minutes. Signing out twice is signing out.',
  params: none,
  query: none,
  auth: 'user',
  ok: { status: 204, description: 'Signed out.' },
  problems: [],
});
