import { z } from '@hono/zod-openapi';
import { username } from '../http/parameters.ts';
import { none, route } from '../http/route.ts';
import { stageInvitationSchema, stageInvitationsSchema, stageSchema, stageTokenSchema } from './schemas.ts';

const guestName = username.openapi({ description: "The guest's username, in any case.", example: 'bob' });
const participantId = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be 1 to 64 letters, digits, _ or -')
  .openapi({ description: 'The IVS id of a participant of the stage.', example: 'e4Q1rZ8mTnKc' });

export const getStageRoute = route('getStage', {
  summary: 'Get a stage',
  description:
    "Returns the participants who publish on a user's stage. A change appears within seconds, when IVS " +
    'reports it.',
  auth: 'none',
  params: z.strictObject({ username }),
  query: none,
  ok: { description: 'The stage.', schema: stageSchema },
  problems: [],
});

export const createStageTokenRoute = route('createStageToken', {
  summary: 'Create a stage token',
  description:
    "Creates a token to join a user's stage. The host and invited guests can publish. Other users and " +
    'anonymous callers can only watch. A guest gets the token of the invitation on every request. ' +
    'Request a new token for every join, because a token expires within minutes. The response is a 409 ' +
    'when the stage does not exist at IVS, as for seeded mock data.',
  auth: 'optional',
  params: z.strictObject({ username }),
  query: none,
  ok: { status: 201, description: 'The token.', schema: stageTokenSchema },
  problems: ['conflict'],
});

export const listStageInvitationsRoute = route('listStageInvitations', {
  summary: 'List the invitations to your stage',
  description:
    'Lists the invitations to your stage, at most 11, in the order in which they were created. An ' +
    'expired invitation stays in the list while its guest is on the stage.',
  auth: 'user',
  params: none,
  query: none,
  ok: { description: 'All invitations.', schema: stageInvitationsSchema },
  problems: ['not-found'],
});

export const inviteToStageRoute = route('inviteToStage', {
  summary: 'Invite a guest to your stage',
  description:
    'Allows a user to publish on your stage for one hour, and announces the invitation in your chat ' +
    'room with a `stage:invitation` event. If the user is already invited, the invitation stays as it ' +
    'is and no event is sent. A stage has places for 11 guests. The response is a 409 when all places ' +
    'are taken or when you invite yourself.',
  auth: 'user',
  params: z.strictObject({ username: guestName }),
  query: none,
  ok: { description: 'The invitation.', schema: stageInvitationSchema },
  problems: ['not-found', 'conflict'],
});

export const withdrawInvitationRoute = route('withdrawInvitation', {
  summary: 'Withdraw an invitation',
  description:
    "Ends a guest's invitation, disconnects the guest from your stage, and announces it in your chat " +
    'room with a `stage:invitation-withdrawn` event. If the user is not invited, nothing changes.',
  auth: 'user',
  params: z.strictObject({ username: guestName }),
  query: none,
  ok: { status: 204, description: 'The user is not invited.' },
  problems: ['not-found'],
});

export const disconnectParticipantRoute = route('disconnectParticipant', {
  summary: 'Disconnect a participant from your stage',
  description:
    'Disconnects a participant from your stage. For a guest, this also ends the invitation and ' +
    'announces it in your chat room. A participant who only watches can join again with a new token.',
  auth: 'user',
  params: z.strictObject({ participantId }),
  query: none,
  ok: { status: 204, description: 'The participant is not on the stage.' },
  problems: ['not-found'],
});
