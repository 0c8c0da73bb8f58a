import { z } from '@hono/zod-openapi';
import { none, route } from '../http/route.ts';
import { signedInSchema } from '../sessions/schemas.ts';
import { newUserSchema, profileSchema, userChangeSchema } from './schemas.ts';

export const createUserRoute = route('createUser', {
  summary: 'Sign up',
  description:
    'A new user with a channel, a chat room and a stage, signed in. When Amazon IVS is busy the answer is a 503: ' +
    'the same request, once more, goes on where this one stopped.',
  params: none,
  query: none,
  body: newUserSchema,
  auth: 'none',
  idempotent: true,
  answersSignIn: true,
  ok: { status: 201, description: 'The user is there.', schema: signedInSchema },
  problems: ['conflict', 'unavailable'],
});

export const getMeRoute = route('getMe', {
  summary: 'Your profile',
  description: 'The caller, with the channel, the chat room and the stage that are theirs.',
  params: none,
  query: none,
  auth: 'user',
  ok: { description: 'The profile.', schema: profileSchema },
  problems: [],
});

export const updateMeRoute = route('updateMe', {
  summary: 'Change your name or password',
  description:
    'What is left out stays as it is. A new name shows on the channel and on the stream that is on; access tokens ' +
    'made before have the old one until they are refreshed. A new password ends every other sign-in at once: their ' +
    'refresh tokens are good no longer, their access tokens for the rest of their 15 minutes.',
  params: none,
  query: none,
  body: userChangeSchema,
  auth: 'user',
  stepUp: 'always',
  ok: { description: 'The profile as it is now.', schema: profileSchema },
  problems: ['conflict', 'forbidden'],
});

const deletionSchema = z.object({ status: z.literal('deleting') }).openapi('Deletion');

export const deleteMeRoute = route('deleteMe', {
  summary: 'Delete your account',
  description:
    'Stops the stream that is on and deletes everything: channel, chat room, stage, streams and what hangs on them, ' +
    'follows both ways, and last the name. It may be asked for again. What is not done in time is finished by itself.',
  params: none,
  query: none,
  auth: 'user',
  stepUp: 'until-deletion',
  ok: { status: 204, description: 'Nothing is left.' },
  also: { 202: { description: 'Under way. The user can do nothing any more.', schema: deletionSchema } },
  problems: [],
});
