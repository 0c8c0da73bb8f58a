import type { BanDependencies } from '../../../domain/chat/bans.ts';
import type { CursorCodec } from '../../../domain/cursors.ts';
import type { ChatControl, StageControl } from '../../../ivs/ports.ts';
import type { Log } from '../../../model/log.ts';
import type { Database } from '../../../store/database.ts';
import { resourceApp } from '../http/app.ts';
import type { HttpApp } from '../http/context.ts';
import type { Guards } from '../http/guards.ts';
import type {
  appointModeratorOperation,
  createChatTokenOperation,
  deleteBanOperation,
  deleteChatMessageOperation,
  dismissModeratorOperation,
  getBlockedTermsOperation,
  listBansOperation,
  listModeratedOperation,
  listModerationLogOperation,
  listModeratorsOperation,
  putBanOperation,
  putBlockedTermsOperation,
} from './answers.ts';
import { deleteBan, listBans, putBan } from './bans.ts';
import { getBlockedTerms, putBlockedTerms } from './blockedTerms.ts';
import { createChatToken } from './createChatToken.ts';
import { deleteChatMessage } from './deleteChatMessage.ts';
import {
  appointModerator,
  dismissModerator,
  listModerated,
  listModerationLog,
  listModerators,
} from './moderators.ts';
import {
  appointModeratorRoute,
  createChatTokenRoute,
  deleteBanRoute,
  deleteChatMessageRoute,
  dismissModeratorRoute,
  getBlockedTermsRoute,
  listBansRoute,
  listModeratedRoute,
  listModerationLogRoute,
  listModeratorsRoute,
  putBanRoute,
  putBlockedTermsRoute,
} from './routes.ts';

export interface ChatDependencies {
  readonly database: BanDependencies['database'] & Database<'chatRooms'>;
  readonly chat: Pick<ChatControl, 'createToken' | 'deleteMessage' | 'disconnectUser' | 'sendEvent'>;
  readonly stages: Pick<StageControl, 'disconnect'>;
  /** The WebSocket URL that chat clients connect to. */
  readonly chatEndpoint: string;
  /** The base URL of recordings and images, without a slash at the end. */
  readonly recordingsUrl: string;
  readonly cursors: CursorCodec;
  readonly clock: () => Date;
  /** Returns the given number of cryptographically random bytes. */
  readonly random: (bytes: number) => Uint8Array;
  readonly logger: Log;
  readonly guards: Guards;
}

const ID_BYTES = 16;

export function chatApp({ guards, random, logger, ...given }: ChatDependencies): HttpApp {
  const newId = () => Buffer.from(random(ID_BYTES)).toString('base64url');
  const onEventFailed: BanDependencies['onEventFailed'] = (channelId, event, error) =>
    logger.warn('an event about a stage invitation could not be sent to the chat room', {
      channelId,
      event,
      error,
    });
  const dependencies = { ...given, newId, onEventFailed };
  const app = resourceApp(guards);
  app.handle<typeof createChatTokenOperation>(createChatTokenRoute, createChatToken(dependencies));
  app.handle<typeof deleteChatMessageOperation>(deleteChatMessageRoute, deleteChatMessage(dependencies));
  app.handle<typeof listBansOperation>(listBansRoute, listBans(dependencies));
  app.handle<typeof putBanOperation>(putBanRoute, putBan(dependencies));
  app.handle<typeof deleteBanOperation>(deleteBanRoute, deleteBan(dependencies));
  app.handle<typeof getBlockedTermsOperation>(getBlockedTermsRoute, getBlockedTerms(dependencies.database));
  app.handle<typeof putBlockedTermsOperation>(putBlockedTermsRoute, putBlockedTerms(dependencies));
  app.handle<typeof listModeratorsOperation>(listModeratorsRoute, listModerators(dependencies));
  app.handle<typeof appointModeratorOperation>(appointModeratorRoute, appointModerator(dependencies));
  app.handle<typeof dismissModeratorOperation>(dismissModeratorRoute, dismissModerator(dependencies));
  app.handle<typeof listModerationLogOperation>(listModerationLogRoute, listModerationLog(dependencies));
  app.handle<typeof listModeratedOperation>(listModeratedRoute, listModerated(dependencies));
  return app;
}
