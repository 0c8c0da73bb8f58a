import { z } from '@hono/zod-openapi';
import { none, route } from '../http/route.ts';
import { signedInSchema } from '../sessions/schemas.ts';
import { newUserSchema, profileSchema, userChangeSchema } from './schemas.ts';

export const createUserRoute = route('createUser', {
  summary: 'Sign up',
  description:
    'Creates a user with a channel, a chat room and a stage, and signs the user in. The response is a ' +
    '503 when Amazon IVS is busy: send the same request again, and the sign-up resumes where it ' +
    'stopped.',
  params: none,
  query: none,
  body: newUserSchema,
  auth: 'none',
  idempotent: true,
  answersSignIn: true,
  ok: { status: 201, description: 'The user is created and signed in.', schema: signedInSchema },
  problems: ['conflict', 'unavailable'],
});

export const getMeRoute = route('getMe', {
  summary: 'Get your profile',
  description: "Returns the caller's profile, with the caller's channel, chat room and stage.",
  params: none,
  query: none,
  auth: 'user',
  ok: { description: 'The profile.', schema: profileSchema },
  problems: [],
});

export const updateMeRoute = route('updateMe', {
  summary: 'Change your name or password',
  description:
    'Changes the username, the password or both. Omitted fields keep their values. The channel and its ' +
    'open stream show the new username; existing access tokens contain the old one until they are ' +
    'refreshed. A new password ends every other sign-in at once: their refresh tokens stop working, and ' +
    'their access tokens stay valid until they expire, at most 15 minutes later.',
  params: none,
  query: none,
  body: userChangeSchema,
  auth: 'user',
  stepUp: 'always',
  ok: { description: 'The updated profile.', schema: profileSchema },
  problems: ['conflict', 'forbidden'],
});

const deletionSchema = z.object({ status: z.literal('deleting') }).openapi('Deletion');

export const deleteMeRoute = route('deleteMe', {
  summary: 'Delete your account',
  description:
    'Stops the live stream and deletes the channel, the chat room, the stage, the streams with their ' +
    'data, the follows in both directions and finally the username. The request can be repeated. If the ' +
    'deletion does not finish within the request, it continues in the background and the response is a ' +
    '202.',
  params: none,
  query: none,
  auth: 'user',
  stepUp: 'until-deletion',
  ok: { status: 204, description: 'The account and its data are deleted.' },
  also: {
    202: {
      description:
        'The deletion continues in the background. The user can no longer sign in or make other requests.',
      schema: deletionSchema,
    },
  },
  problems: [],
});
