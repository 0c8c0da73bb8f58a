import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { IvsError } from './errors.ts';
import { type IvsOperations, operation, stageArn } from './operation.ts';
import { cutPage, pageOf } from './pages.ts';
import { issueToken, tokenRequest } from './participantTokens.ts';
import { findStage } from './stageOperations.ts';
import { DISCONNECTED, stageSessionKey, viewStageSessions } from './stageSessions.ts';
import { unpublishedEvent } from './stopEvents.ts';

const sessionId = z
  .string()
  .length(16)
  .regex(/^st-[a-zA-Z0-9]+$/);
const participantId = z
  .string()
  .max(64)
  .regex(/^[a-zA-Z0-9-_]*$/);

const filters = {
  filterByUserId: z.string().max(128).optional(),
  filterByPublished: z.boolean().optional(),
  filterByState: z.enum(['CONNECTED', 'DISCONNECTED']).optional(),
};

/** Operations on the participants of stages. */
export const participantOperations: IvsOperations = {
  CreateParticipantToken: operation(z.object({ stageArn, ...tokenRequest }), (context, input) => {
    const { stageArn: arn, ...request } = input;
    return { participantToken: issueToken(context, findStage(context, arn).arn, request) };
  }),

  /** Disconnects a participant. Has no effect on a participant with a token who has not joined. */
  DisconnectParticipant: operation(
    z.object({ stageArn, participantId, reason: z.string().max(128).optional() }),
    (context, input) => {
      const stage = findStage(context, input.stageArn);
      const isParticipant = (candidate: { participantId: string }) =>
        candidate.participantId === input.participantId;
      const session = viewStageSessions(stage).find(({ participants }) => participants.some(isParticipant));
      const participant = session?.participants.find(isParticipant);
      if (participant === undefined && !stage.invited.has(input.participantId)) {
        const text = `Participant ${input.participantId} does not exist`;
        throw new IvsError('ResourceNotFoundException', text);
      }
      if (session === undefined || participant === undefined) return {};
      const now = context.now();
      const { sessionId } = session;
      const { userId } = participant;
      const id = randomUUID();
      const left = { id, sessionId, participantId: input.participantId, userId, name: DISCONNECTED };
      context.state.putParticipantEvent(stage.arn, { ...left, at: now.toISOString() });
      if (participant.isPublishing) context.emit(unpublishedEvent(stage, left, now));
      return {};
    },
  ),

  /** Unlike other operations, it returns an empty list for a stage that does not exist. */
  ListStageSessions: operation(z.object({ stageArn, ...pageOf(100, 50) }), ({ state }, input) => {
    const stage = state.stages.get(input.stageArn);
    const sessions = stage === undefined ? [] : viewStageSessions(stage);
    const { items, nextToken } = cutPage(sessions, stageSessionKey, input, 'descending');
    const stageSessions = items.map(({ participants, ...session }) => session);
    return { stageSessions, nextToken };
  }),

  ListParticipants: operation(
    z
      .object({ stageArn, sessionId, ...filters, ...pageOf(100, 50) })
      .refine(input => Object.keys(filters).filter(name => name in input).length <= 1, {
        message: 'only one filter may be given',
      }),
    ({ state }, input) => {
      const stage = state.stages.get(input.stageArn);
      const sessions = stage === undefined ? [] : viewStageSessions(stage);
      const { filterByUserId, filterByPublished, filterByState } = input;
      const participants = sessions
        .flatMap(session => (session.sessionId === input.sessionId ? session.participants : []))
        .filter(
          participant =>
            (filterByUserId === undefined || participant.userId === filterByUserId) &&
            (filterByPublished === undefined || participant.published === filterByPublished) &&
            (filterByState === undefined || participant.state === filterByState),
        )
        .sort((a, b) => (a.participantId < b.participantId ? -1 : 1));
      const { items, nextToken } = cutPage(participants, participant => participant.participantId, input);
      return { participants: items.map(({ isPublishing, leftAt, ...summary }) => summary), nextToken };
    },
  ),
};
