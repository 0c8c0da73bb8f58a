import type { CursorCodec } from '../../../domain/cursors.ts';
import type { GuestEvent } from '../../../domain/stages/guestEvents.ts';
import type { ChatControl, StageControl } from '../../../ivs/ports.ts';
import type { Log } from '../../../model/log.ts';
import type { Database } from '../../../store/database.ts';
import { resourceApp } from '../http/app.ts';
import type { HttpApp } from '../http/context.ts';
import type { Guards } from '../http/guards.ts';
import type {
  createStageTokenOperation,
  declineStageRequestOperation,
  disconnectParticipantOperation,
  getStageOperation,
  getStageRequestOperation,
  inviteToStageOperation,
  leaveStageOperation,
  listStageInvitationsOperation,
  listStageRequestsOperation,
  listStagesOperation,
  requestStageOperation,
  withdrawInvitationOperation,
  withdrawStageRequestOperation,
} from './answers.ts';
import { createStageToken } from './createStageToken.ts';
import { disconnectParticipant } from './disconnectParticipant.ts';
import { getStage } from './getStage.ts';
import { inviteToStage, leaveStage, listStageInvitations, withdrawInvitation } from './invitations.ts';
import { listStages } from './listStages.ts';
import {
  declineStageRequest,
  getStageRequest,
  listStageRequests,
  requestStage,
  withdrawStageRequest,
} from './requests.ts';
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

export interface StagesDependencies {
  readonly database: Database<'channels' | 'stages' | 'stageTokens' | 'stageRequests' | 'bans' | 'users'>;
  readonly cursors: CursorCodec;
  readonly stages: StageControl;
  readonly chat: Pick<ChatControl, 'sendEvent'>;
  /** The base URL of recordings and images, without a slash at the end. */
  readonly recordingsUrl: string;
  readonly clock: () => Date;
  readonly logger: Log;
  readonly guards: Guards;
}

export function stagesApp({ guards, logger, cursors, ...given }: StagesDependencies): HttpApp {
  const onEventFailed = (channelId: string, event: GuestEvent, error: unknown) =>
    logger.warn('an event about a stage invitation could not be sent to the chat room', {
      channelId,
      event,
      error,
    });
  const dependencies = { ...given, onEventFailed };
  const app = resourceApp(guards);
  app.handle<typeof listStagesOperation>(
    listStagesRoute,
    listStages(given.database, cursors, given.recordingsUrl),
  );
  app.handle<typeof getStageOperation>(getStageRoute, getStage(given.database));
  app.handle<typeof createStageTokenOperation>(createStageTokenRoute, createStageToken(dependencies));
  app.handle<typeof listStageInvitationsOperation>(
    listStageInvitationsRoute,
    listStageInvitations(dependencies),
  );
  app.handle<typeof inviteToStageOperation>(inviteToStageRoute, inviteToStage(dependencies));
  app.handle<typeof withdrawInvitationOperation>(withdrawInvitationRoute, withdrawInvitation(dependencies));
  app.handle<typeof disconnectParticipantOperation>(
    disconnectParticipantRoute,
    disconnectParticipant(dependencies),
  );
  app.handle<typeof requestStageOperation>(requestStageRoute, requestStage(given));
  app.handle<typeof getStageRequestOperation>(getStageRequestRoute, getStageRequest(given));
  app.handle<typeof withdrawStageRequestOperation>(withdrawStageRequestRoute, withdrawStageRequest(given));
  app.handle<typeof leaveStageOperation>(leaveStageRoute, leaveStage(dependencies));
  app.handle<typeof listStageRequestsOperation>(
    listStageRequestsRoute,
    listStageRequests({ ...given, cursors }),
  );
  app.handle<typeof declineStageRequestOperation>(declineStageRequestRoute, declineStageRequest(given));
  return app;
}
