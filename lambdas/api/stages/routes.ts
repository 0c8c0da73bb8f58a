import { z } from '@hono/zod-openapi';
import { username } from '../http/parameters.ts';
import { none, route } from '../http/route.ts';
import { stageInvitationSchema, stageInvitationsSchema, stageSchema, stageTokenSchema } from './schemas.ts';

const guestName = username.openapi({ description: "The guest's username, in any case.", example: 'bob' });
const participantId = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be 1 to 64 letters, digits, _ or -')
  .openapi({ description: "IVS's id of somebody on the stage.", example: 'e4Q1rZ8mTnKc' });

export const getStageRoute = route('getStage', {
  summary: 'A stage',
  description: "Who is on a user's stage now, as IVS tells of it within seconds.",
  auth: 'none',
  params: z.strictObject({ username }),
  query: none,
  ok: { description: 'The stage.', schema: stageSchema },
  problems: [],
});

export const createStageTokenRoute = route('createStageToken', {
  summary: 'Join a stage',
  description:
    "What to join a stage with. Its host may publish, and so may a guest with an invitation, who gets the invitation's " +
    'token however often they ask; everybody else may watch. Ask again whenever you join: a token is of use for ' +
    'minutes. A stage that is not at IVS, as that of mock data, is a 409.',
  auth: 'optional',
  params: z.strictObject({ username }),
  query: none,
  ok: { status: 201, description: 'A token for whoever asked.', schema: stageTokenSchema },
  problems: ['conflict'],
});

export const listStageInvitationsRoute = route('listStageInvitations', {
  summary: 'Your guests',
  description:
    'The invitations to your stage, in the order they were made: 11 at most. One that has ended is listed for as ' +
    'long as its guest is on the stage.',
  auth: 'user',
  params: none,
  query: none,
  ok: { description: 'The invitations, all of them.', schema: stageInvitationsSchema },
  problems: ['not-found'],
});

export const inviteToStageRoute = route('inviteToStage', {
  summary: 'Invite a guest to your stage',
  description:
    'Lets a user publish on your stage for an hour, and tells your chat room so with a `stage:invitation` event. One ' +
    'who is invited already stays so, and nobody is told again. A stage has places for 11 guests: when all are ' +
    'taken, and when you invite yourself, it is a 409.',
  auth: 'user',
  params: z.strictObject({ username: guestName }),
  query: none,
  ok: { description: 'The invitation that stands.', schema: stageInvitationSchema },
  problems: ['not-found', 'conflict'],
});

export const withdrawInvitationRoute = route('withdrawInvitation', {
  summary: 'Withdraw an invitation',
  description:
    "Ends a guest's invitation, throws them off your stage, and tells your chat room so with a " +
    '`stage:invitation-withdrawn` event; done again, it changes nothing.',
  auth: 'user',
  params: z.strictObject({ username: guestName }),
  query: none,
  ok: { status: 204, description: 'The user is not invited.' },
  problems: ['not-found'],
});

export const disconnectParticipantRoute = route('disconnectParticipant', {
  summary: 'Throw somebody off your stage',
  description:
    "Disconnects a participant of your stage. A guest's invitation is over with it, and your chat room is told. " +
    'Whoever only watches can come back with a new token.',
  auth: 'user',
  params: z.strictObject({ participantId }),
  query: none,
  ok: { status: 204, description: 'The participant is not on the stage.' },
  problems: ['not-found'],
});
