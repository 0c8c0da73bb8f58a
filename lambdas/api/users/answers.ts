import { z } from '@hono/zod-openapi';
import { operation } from '../http/operation.ts';
import { signedInSchema } from '../sessions/answers.ts';
import { createUserRoute, deleteMeRoute, getMeRoute, updateMeRoute } from './routes.ts';

const resource = z.object({ id: z.string(), arn: z.string() });

/** The user's own profile, with the user's IVS resources. It never contains the stream key. */
export const profileSchema = z
  .object({
    id: z.string(),
    username: z.string().openapi({ example: 'ann' }),
    createdAt: z.iso.datetime(),
    channel: resource
      .extend({
        title: z.string().openapi({ example: 'Late night guitar' }),
        categoryId: z.string().nullable().openapi({ example: 'music' }),
        isLive: z.boolean(),
        isPartner: z.boolean(),
        followerCount: z.int().min(0),
        playbackUrl: z.string(),
      })
      .openapi('OwnChannelSummary'),
    chatRoom: resource
      .extend({
        endpoint: z.string().openapi({ description: 'The WebSocket URL that chat clients connect to.' }),
      })
      .openapi('OwnChatRoom'),
    stage: resource.openapi('OwnStage'),
  })
  .openapi('Profile');
export type ProfileBody = z.infer<typeof profileSchema>;

const deletionSchema = z.object({ status: z.literal('deleting') }).openapi('Deletion');

export const createUserOperation = operation(createUserRoute, {
  summary: 'Sign up',
  description:
    'Creates a user with a channel, a chat room and a stage, and signs the user in. The response is a ' +
    '503 when Amazon IVS is busy: send the same request again, and the sign-up resumes where it ' +
    'stopped.',
  ok: { status: 201, description: 'The user is created and signed in.', schema: signedInSchema },
  problems: ['conflict', 'unavailable'],
});

export const getMeOperation = operation(getMeRoute, {
  summary: 'Get your profile',
  description: "Returns the caller's profile, with the caller's channel, chat room and stage.",
  ok: { description: 'The profile.', schema: profileSchema },
  problems: [],
});

export const updateMeOperation = operation(updateMeRoute, {
  summary: 'Change your name or password',
  description:
    'Changes the username, the password or both. Omitted fields keep their values. The channel and its ' +
    'open stream show the new username; existing access tokens contain the old one until they are ' +
    'refreshed. A new password ends every other sign-in at once: their refresh tokens stop working, and ' +
    'their access tokens stay valid until they expire, at most 15 minutes later.',
  ok: { description: 'The updated profile.', schema: profileSchema },
  problems: ['conflict', 'forbidden'],
});

export const deleteMeOperation = operation(deleteMeRoute, {
  summary: 'Delete your account',
  description:
    'Stops the live stream and deletes the channel, the chat room, the stage, the streams with their ' +
    'data, the follows in both directions and finally the username. The request can be repeated. If the ' +
    'deletion does not finish within the request, it continues in the background and the response is a ' +
    '202.',
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
