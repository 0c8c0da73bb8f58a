import { z } from '@hono/zod-openapi';
import { cardSchema } from '../http/cardSchema.ts';
import { listSchema, operation } from '../http/operation.ts';
import {
  createStageTokenRoute,
  declineStageRequestRoute,
  disconnectParticipantRoute,
  getStageRequestRoute,
  getStageRoute,
  inviteToStageRoute,
  leaveStageRoute,
  listStageInvitationsRoute,
  listStageRequestsRoute,
  listStagesRoute,
  requestStageRoute,
  withdrawInvitationRoute,
  withdrawStageRequestRoute,
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
            guest: z.union([guest, z.null()]).openapi({
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

const stageRequestState = z.enum(['none', 'open', 'invited', 'declined']).openapi({
  description:
    '`open`: the host has not answered. `invited`: the host has invited you, with or without a request. ' +
    '`declined`: the host has declined, and you cannot ask again until `expiresAt`. `none`: none of these.',
  example: 'open',
});

export const stageRequestSchema = z
  .object({
    state: stageRequestState,
    requestedAt: z.iso.datetime().nullable().openapi({
      description: 'When you asked. Null when the state is `none` or `invited`.',
      example: '2026-01-15T20:00:00.000Z',
    }),
    expiresAt: z.iso.datetime().nullable().openapi({
      description:
        'When the request or the invitation expires, or when you can ask again. Null when the state is `none`.',
      example: '2026-01-15T20:30:00.000Z',
    }),
  })
  .openapi('StageRequest');
export type StageRequestBody = z.infer<typeof stageRequestSchema>;

export const listedStageRequestSchema = z
  .object({
    user: z
      .object({ id: z.string(), username: z.string().openapi({ example: 'bob' }), ...cardSchema })
      .openapi('StageRequester'),
    requestedAt: z.iso.datetime().openapi({ example: '2026-01-15T20:00:00.000Z' }),
    expiresAt: z.iso.datetime().openapi({
      description: 'When the request expires, unless the stream or the stage ends earlier.',
      example: '2026-01-15T20:30:00.000Z',
    }),
  })
  .openapi('ListedStageRequest');
export type ListedStageRequestBody = z.infer<typeof listedStageRequestSchema>;

const stageRequestsSchema = listSchema('StageRequests', listedStageRequestSchema);

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
    'room with a `stage:invitation` event. This accepts the open request of a user who has asked to come ' +
    'on stage. If the user is already invited, the invitation stays as it is and no event is sent. A stage has places for 11 guests. The response is a 409 when all places ' +
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

export const requestStageOperation = operation(requestStageRoute, {
  summary: 'Ask to come on a stage',
  description:
    'Asks the host to let you publish on the stage, while the stage or the channel of the host is live. The ' +
    'request expires after half an hour, and ends when the stream during which you asked ends, or when ' +
    'nobody publishes on the stage any more. Only the host can see who asks. If you have an open request or ' +
    'an invitation, nothing changes. The response is a 409 when neither the stage nor the channel is live, ' +
    'when 30 requests are open, when the host declined a request of yours in the last ten minutes, or when ' +
    'the stage is your own, and a 403 when you are banned from the channel.',
  ok: { description: 'Your request.', schema: stageRequestSchema },
  problems: ['forbidden', 'conflict'],
});

export const getStageRequestOperation = operation(getStageRequestRoute, {
  summary: 'Get your request to come on a stage',
  description:
    "Returns what became of your request. Read it again when the host's chat room receives a " +
    '`stage:requests` event.',
  ok: { description: 'Your request.', schema: stageRequestSchema },
  problems: [],
});

export const withdrawStageRequestOperation = operation(withdrawStageRequestRoute, {
  summary: 'Take your request to come on a stage back',
  description:
    'Ends your open request. Without one, nothing changes. An invitation stays: leave the stage to end it.',
  ok: { status: 204, description: 'You have no open request.' },
  problems: [],
});

export const leaveStageOperation = operation(leaveStageRoute, {
  summary: 'Leave a stage as a guest',
  description:
    "Ends your invitation to a user's stage, disconnects you from the stage, and announces it in the host's " +
    'chat room with a `stage:invitation-withdrawn` event. Your place is free for another guest. Without an ' +
    'invitation, nothing changes.',
  ok: { status: 204, description: 'You have no invitation.' },
  problems: [],
});

export const listStageRequestsOperation = operation(listStageRequestsRoute, {
  summary: 'List the requests to come on your stage',
  description:
    'Lists the open requests to come on your stage, oldest first. Invite a user to accept the request. Read ' +
    'the list again when your chat room receives a `stage:requests` event.',
  ok: { description: 'The open requests.', schema: stageRequestsSchema },
  problems: ['not-found', 'invalid-cursor'],
});

export const declineStageRequestOperation = operation(declineStageRequestRoute, {
  summary: 'Decline a request to come on your stage',
  description:
    'Ends the open request of a user, who cannot ask again for ten minutes. Without an open request, nothing ' +
    'changes.',
  ok: { status: 204, description: 'The user has no open request.' },
  problems: ['not-found'],
});
