import { z } from '@hono/zod-openapi';
import { bannerUrlSchema, bioSchema, cardSchema } from '../http/cardSchema.ts';
import { operation } from '../http/operation.ts';
import { signedInSchema } from '../sessions/answers.ts';
import {
  createUserRoute,
  deleteMeRoute,
  getMeRoute,
  getUserRoute,
  updateMeRoute,
  updateProfileRoute,
} from './routes.ts';

const resource = z.object({ id: z.string(), arn: z.string() });

/** What a user shows of themselves besides the username. */
const shown = { ...cardSchema, bio: bioSchema, bannerUrl: bannerUrlSchema };

/** The user's own profile, with the user's IVS resources. It never contains the stream key. */
export const profileSchema = z
  .object({
    id: z.string(),
    username: z.string().openapi({ example: 'ann' }),
    ...shown,
    createdAt: z.iso.datetime(),
    isStaff: z.boolean().openapi({
      description: "Whether the user is a member of the platform's staff now. The API cannot change it.",
      example: false,
    }),
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

/** What everybody can see of a user. */
const publicProfileSchema = z
  .object({
    id: z.string().openapi({ example: '0f8fad5bd9cb469fa16570867728950e' }),
    username: z.string().openapi({ example: 'ann' }),
    ...shown,
    createdAt: z.iso.datetime(),
    channel: z
      .object({
        id: z.string().openapi({ example: 'AbCdEf1gHiJk' }),
        username: z
          .string()
          .openapi({ description: 'The name in the paths of the channel.', example: 'ann' }),
      })
      .openapi('ChannelReference'),
  })
  .openapi('PublicProfile');

export const shownProfileSchema = z.object(shown).openapi('ShownProfile');

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

export const getUserOperation = operation(getUserRoute, {
  summary: "Get a user's public profile",
  description:
    'Returns what everybody can see of a user, by the id that chat messages, bans and guests of stages have. ' +
    'The id stays the same when the user is renamed. Users who were deleted have no profile.',
  ok: { description: 'The public profile.', schema: publicProfileSchema },
  problems: ['not-found', 'unavailable'],
});

export const updateMeOperation = operation(updateMeRoute, {
  summary: 'Change your name or password',
  description:
    'Changes the username, the password or both. Omitted fields keep their values. The channel and its ' +
    'open stream show the new username; existing access tokens contain the old one until they are ' +
    'refreshed. For 30 days, requests for the old username are redirected to the new one, and only you can ' +
    'take it back. A new password ends every other sign-in at once: their refresh tokens stop working, and ' +
    'their access tokens are refused within a minute.',
  ok: { description: 'The updated profile.', schema: profileSchema },
  problems: ['conflict', 'forbidden'],
});

export const updateProfileOperation = operation(updateProfileRoute, {
  summary: 'Change your profile',
  description:
    'Changes what everybody can see of you besides your username: in your profile, on your channel and in ' +
    'lists. Tokens for chat and stages carry the new values from the next one on. Words that are masked in chat are ' +
    'refused in the display name and the bio.',
  ok: { description: 'The updated profile.', schema: shownProfileSchema },
  problems: [],
});

export const deleteMeOperation = operation(deleteMeRoute, {
  summary: 'Delete your account',
  description:
    'Stops the live stream and deletes the channel, the chat room, the stage, the streams with their ' +
    'data and the follows in both directions. For 30 days nobody can take the username. The request can ' +
    'be repeated. If the ' +
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
