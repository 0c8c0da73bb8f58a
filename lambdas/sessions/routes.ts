import { none, route } from '../http/route.ts';
import { credentialsSchema, refreshSchema, signedInSchema } from './schemas.ts';

export const createSessionRoute = route('createSession', {
  summary: 'Sign in',
  description:
    'Tokens for a username, in any case, and its password. An unknown name and a wrong password are answered ' +
    'alike. After five failures in a row, with less than 15 minutes between them, the name is locked for 15 ' +
    'minutes, whoever tries.',
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
