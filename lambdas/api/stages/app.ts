import type { GuestEvent } from '../../../domain/stages/guestEvents.ts';
import type { ChatControl, StageControl } from '../../../ivs/ports.ts';
import type { Log } from '../../../model/log.ts';
import type { Database } from '../../../store/database.ts';
import { resourceApp } from '../http/app.ts';
import type { HttpApp } from '../http/context.ts';
import type { Guards } from '../http/guards.ts';
import { createStageToken } from './createStageToken.ts';
import { disconnectParticipant } from './disconnectParticipant.ts';
import { getStage } from './getStage.ts';
import { inviteToStage, listStageInvitations, withdrawInvitation } from './invitations.ts';
import {
  createStageTokenRoute,
  disconnectParticipantRoute,
  getStageRoute,
  inviteToStageRoute,
  listStageInvitationsRoute,
  withdrawInvitationRoute,
} from './routes.ts';

export interface StagesDependencies {
  readonly database: Database<'channels' | 'stages' | 'stageTokens' | 'users'>;
  readonly stages: StageControl;
  readonly chat: Pick<ChatControl, 'sendEvent'>;
  readonly clock: () => Date;
  readonly logger: Log;
  readonly guards: Guards;
}

export function stagesApp({ guards, logger, ...given }: StagesDependencies): HttpApp {
  const onEventFailed = (channelId: string, event: GuestEvent, error: unknown) =>
    logger.warn('an event about a stage invitation could not be sent to the chat room', {
      channelId,
      event,
      error,
    });
  const dependencies = { ...given, onEventFailed };
  const app = resourceApp(guards);
  app.openapi(getStageRoute, getStage(given.database));
  app.openapi(createStageTokenRoute, createStageToken(dependencies));
  app.openapi(listStageInvitationsRoute, listStageInvitations(dependencies));
  app.openapi(inviteToStageRoute, inviteToStage(dependencies));
  app.openapi(withdrawInvitationRoute, withdrawInvitation(dependencies));
  app.openapi(disconnectParticipantRoute, disconnectParticipant(dependencies));
  return app;
}
