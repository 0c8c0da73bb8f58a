import * as z from '../../../model/zod.ts';
import { listQuery } from '../http/lists.ts';
import { username } from '../http/parameters.ts';
import { none, route } from '../http/route.ts';

const guestName = username.check(
  z.meta({ description: "The guest's username, in any case.", example: 'bob' }),
);
const participantId = z
  .string()
  .check(
    z.regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be 1 to 64 letters, digits, _ or -'),
    z.meta({ description: 'The IVS id of a participant of the stage.', example: 'e4Q1rZ8mTnKc' }),
  );

export const listStagesRoute = route('listStages', {
  auth: 'none',
  // Viewers do not notice a delay of two seconds.
  cache: { cdn: 2, browser: 2 },
  params: none,
  query: z.strictObject({
    isLive: z
      .literal('true', 'must be true (isLive=true): only live stages can be listed')
      .check(z.meta({ description: 'Required. Only live stages can be listed.', example: 'true' })),
    ...listQuery,
  }),
});

export const getStageRoute = route('getStage', {
  auth: 'none',
  cache: { cdn: 2, browser: 0 },
  params: z.strictObject({ username }),
  query: none,
});

export const createStageTokenRoute = route('createStageToken', {
  auth: 'optional',
  params: z.strictObject({ username }),
  query: none,
});

export const listStageInvitationsRoute = route('listStageInvitations', {
  auth: 'user',
  params: none,
  query: none,
});

export const inviteToStageRoute = route('inviteToStage', {
  auth: 'user',
  params: z.strictObject({ username: guestName }),
  query: none,
});

export const withdrawInvitationRoute = route('withdrawInvitation', {
  auth: 'user',
  params: z.strictObject({ username: guestName }),
  query: none,
});

export const requestStageRoute = route('requestStage', {
  auth: 'user',
  params: z.strictObject({ username }),
  query: none,
});

export const getStageRequestRoute = route('getStageRequest', {
  auth: 'user',
  params: z.strictObject({ username }),
  query: none,
});

export const withdrawStageRequestRoute = route('withdrawStageRequest', {
  auth: 'user',
  params: z.strictObject({ username }),
  query: none,
});

export const listStageRequestsRoute = route('listStageRequests', {
  auth: 'user',
  params: none,
  query: z.strictObject(listQuery),
});

export const declineStageRequestRoute = route('declineStageRequest', {
  auth: 'user',
  params: z.strictObject({
    username: username.check(
      z.meta({ description: 'The username of the user who asks, in any case.', example: 'bob' }),
    ),
  }),
  query: none,
});

export const leaveStageRoute = route('leaveStage', {
  auth: 'user',
  params: z.strictObject({ username }),
  query: none,
});

export const disconnectParticipantRoute = route('disconnectParticipant', {
  auth: 'user',
  params: z.strictObject({ participantId }),
  query: none,
});
