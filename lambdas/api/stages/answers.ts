import { z } from '@hono/zod-openapi';
import { cardSchema } from '../http/cardSchema.ts';
import { listSchema, operation } from '../http/operation.ts';
import {
  createStageTokenRoute,
  disconnectParticipantRoute,
  getStageRoute,
  inviteToStageRoute,
  listStageInvitationsRoute,
  listStagesRoute,
  withdrawInvitationRoute,
} from './routes.ts';

const participantId = z
  .string()
  .openapi({ description: 'The IVS id of the participant.', example: 'e4Q1rZ8mTnKc' });

const guest = z
  .object({
    userId: z.string(),
    username: z
      .string()
      .openapi({ description: 'The username at the time of the invitation.', example: 'bob' }),
  })
  .openapi('StageGuest');

/** The public state of a stage. */
export const stageSchema = z
  .object({
    username: z.string().openapi({ description: 'The username of the host.', example: 'ann' }),
    isLive: z.boolean().openapi({ description: 'Whether any participant publishes on the stage.' }),
    publishers: z
      .array(
        z
          .object({
            participantId,
            guest: guest.nullable().openapi({
              description: 'The guest. Null for the host, and for a guest whose invitation has just ended.',
            }),
          })
          .openapi('StagePublisher'),
      )
      .openapi({ description: 'The participants who publish video or audio, at most 12.' }),
  })
  .openapi('Stage');
export type StageBody = z.infer<typeof stageSchema>;

/** A live stage, as its card in a list shows it. */
export const listedStageSchema = z
  .object({
    username: z.string().openapi({ description: 'The username of the host.', example: 'ann' }),
    ...cardSchema,
    title: z.string().openapi({ description: "The title of the host's channel." }),
    categoryId: z.string().nullable().openapi({ description: "The category of the host's channel." }),
    isLive: z.literal(true),
    liveSince: z.iso.datetime().openapi({ description: 'Since when anybody has published on the stage.' }),
    publisherCount: z
      .int()
      .min(1)
      .openapi({ description: 'The number of participants who publish.', example: 3 }),
  })
  .openapi('ListedStage');
export type ListedStageBody = z.infer<typeof listedStageSchema>;

const listedStagesSchema = listSchema('ListedStages', listedStageSchema);

export const stageTokenSchema = z
  .object({
    token: z.string().openapi({ description: 'The token for the IVS broadcast SDK. Keep it secret.' }),
    participantId,
    expiresAt: z.iso.datetime().openapi({
      description:
        'The time until which the token can be used to join. A participant who has joined can stay longer.',
      example: '2026-01-15T20:15:00.000Z',
    }),
    capabilities: z.array(z.enum(['PUBLISH', 'SUBSCRIBE'])).openapi({
      description:
        'The actions that the token allows: `PUBLISH` sends video and audio to the stage, `SUBSCRIBE` ' +
        'watches it.',
    }),
  })
  .openapi('StageToken');
export type StageTokenBody = z.infer<typeof stageTokenSchema>;

// An invitation, without its token.
const invitation = {
  guest,
  participantId,
  invitedAt: z.iso.datetime(),
  expiresAt: z.iso
    .datetime()
    .openapi({ description: 'The time until which the guest can join with the invitation.' }),
};

export const stageInvitationSchema = z.object(invitation).openapi('StageInvitation');
export type StageInvitationBody = z.infer<typeof stageInvitationSchema>;

const listedInvitation = z
  .object({
    ...invitation,
    isPublishing: z.boolean().openapi({ description: 'Whether the guest publishes on the stage now.' }),
  })
  .openapi('ListedStageInvitation');

const stageInvitationsSchema = z.object({ items: z.array(listedInvitation) }).openapi('StageInvitations');

export const listStagesOperation = operation(listStagesRoute, {
  summary: 'List live stages',
  description:
    'Lists the live stages. The stage that went live last is first. A change appears within seconds, when ' +
    'IVS reports it. A stage that stays live is on exactly one page, while others go live and offline, ' +
    'unless an event that IVS delivers late moves `liveSince` back between two pages.',
  ok: { description: 'The live stages, newest first.', schema: listedStagesSchema },
  problems: ['invalid-cursor'],
});

export const getStageOperation = operation(getStageRoute, {
  summary: 'Get a stage',
  description:
    "Returns the participants who publish on a user's stage. A change appears within seconds, when IVS " +
    'reports it.',
  ok: { description: 'The stage.', schema: stageSchema },
  problems: [],
});

export const createStageTokenOperation = operation(createStageTokenRoute, {
  summary: 'Create a stage token',
  description:
    "Creates a token to join a user's stage. The host and invited guests can publish. Other users and " +
    'anonymous callers can only watch. A guest gets the token of the invitation on every request. ' +
    'Request a new token for every join, because a token expires within minutes. The response is a 409 ' +
    'when the stage does not exist at IVS, as for seeded mock data.',
  ok: { status: 201, description: 'The token.', schema: stageTokenSchema },
  problems: ['conflict'],
});

export const listStageInvitationsOperation = operation(listStageInvitationsRoute, {
  summary: 'List the invitations to your stage',
  description:
    'Lists the invitations to your stage, at most 11, in the order in which they were created. An ' +
    'expired invitation stays in the list while its guest is on the stage.',
  ok: { description: 'All invitations.', schema: stageInvitationsSchema },
  problems: ['not-found'],
});

export const inviteToStageOperation = operation(inviteToStageRoute, {
  summary: 'Invite a guest to your stage',
  description:
    'Allows a user to publish on your stage for one hour, and announces the invitation in your chat ' +
    'room with a `stage:invitation` event. If the user is already invited, the invitation stays as it ' +
    'is and no event is sent. A stage has places for 11 guests. The response is a 409 when all places ' +
    'are taken or when you invite yourself.',
  ok: { description: 'The invitation.', schema: stageInvitationSchema },
  problems: ['not-found', 'conflict'],
});

export const withdrawInvitationOperation = operation(withdrawInvitationRoute, {
  summary: 'Withdraw an invitation',
  description:
    "Ends a guest's invitation, disconnects the guest from your stage, and announces it in your chat " +
    'room with a `stage:invitation-withdrawn` event. If the user is not invited, nothing changes.',
  ok: { status: 204, description: 'The user is not invited.' },
  problems: ['not-found'],
});

export const disconnectParticipantOperation = operation(disconnectParticipantRoute, {
  summary: 'Disconnect a participant from your stage',
  description:
    'Disconnects a participant from your stage. For a guest, this also ends the invitation and ' +
    'announces it in your chat room. A participant who only watches can join again with a new token.',
  ok: { status: 204, description: 'The participant is not on the stage.' },
  problems: ['not-found'],
});
