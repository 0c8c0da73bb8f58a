import type { CursorCodec } from '../../../domain/cursors.ts';
import type { ChatControl } from '../../../ivs/ports.ts';
import type { Database } from '../../../store/database.ts';
import { resourceApp } from '../http/app.ts';
import type { HttpApp } from '../http/context.ts';
import type { Guards } from '../http/guards.ts';
import type {
  createChatTokenOperation,
  deleteBanOperation,
  deleteChatMessageOperation,
  getBlockedTermsOperation,
  listBansOperation,
  putBanOperation,
  putBlockedTermsOperation,
} from './answers.ts';
import { deleteBan, listBans, putBan } from './bans.ts';
import { getBlockedTerms, putBlockedTerms } from './blockedTerms.ts';
import { createChatToken } from './createChatToken.ts';
import { deleteChatMessage } from './deleteChatMessage.ts';
import {
  createChatTokenRoute,
  deleteBanRoute,
  deleteChatMessageRoute,
  getBlockedTermsRoute,
  listBansRoute,
  putBanRoute,
  putBlockedTermsRoute,
} from './routes.ts';

export interface ChatDependencies {
  readonly database: Database<'channels' | 'chatRooms' | 'usernames' | 'users' | 'bans'>;
  readonly chat: Pick<ChatControl, 'createToken' | 'deleteMessage' | 'disconnectUser'>;
  /** The WebSocket URL that chat clients connect to. */
  readonly chatEndpoint: string;
  /** The base URL of recordings and images, without a slash at the end. */
  readonly recordingsUrl: string;
  readonly cursors: CursorCodec;
  readonly clock: () => Date;
  /** Returns the given number of cryptographically random bytes. */
  readonly random: (bytes: number) => Uint8Array;
  readonly guards: Guards;
}

const ID_BYTES = 16;

export function chatApp({ guards, random, ...dependencies }: ChatDependencies): HttpApp {
  const newId = () => Buffer.from(random(ID_BYTES)).toString('base64url');
  const app = resourceApp(guards);
  app.handle<typeof createChatTokenOperation>(
    createChatTokenRoute,
    createChatToken({ ...dependencies, newId }),
  );
  app.handle<typeof deleteChatMessageOperation>(deleteChatMessageRoute, deleteChatMessage(dependencies));
  app.handle<typeof listBansOperation>(listBansRoute, listBans(dependencies));
  app.handle<typeof putBanOperation>(putBanRoute, putBan(dependencies));
  app.handle<typeof deleteBanOperation>(deleteBanRoute, deleteBan(dependencies));
  app.handle<typeof getBlockedTermsOperation>(getBlockedTermsRoute, getBlockedTerms(dependencies.database));
  app.handle<typeof putBlockedTermsOperation>(putBlockedTermsRoute, putBlockedTerms(dependencies));
  return app;
}
