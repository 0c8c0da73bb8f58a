import { OpenAPIHono } from '@hono/zod-openapi';
import { listCategoriesOperation } from './categories/answers.ts';
import { getChannelOperation, listChannelsOperation, searchChannelsOperation } from './channels/answers.ts';
import {
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
} from './chat/answers.ts';
import {
  changeEmailOperation,
  confirmEmailOperation,
  getEmailOperation,
  removeEmailOperation,
  requestPasswordResetOperation,
  resetPasswordOperation,
} from './email/answers.ts';
import { withExamples } from './examples.ts';
import {
  followChannelOperation,
  listFollowersOperation,
  listFollowingOperation,
  unfollowChannelOperation,
} from './follows/answers.ts';
import { headerComponents, securityScheme } from './http/operation.ts';
import { confirmImageOperation, createImageUploadOperation, deleteImageOperation } from './images/answers.ts';
import {
  getIngestOperation,
  putMetadataOperation,
  replaceStreamKeyOperation,
  stopStreamOperation,
  updateChannelOperation,
  updateStreamOperation,
} from './ownChannel/answers.ts';
import {
  createSessionOperation,
  deleteSessionOperation,
  endOtherSessionsOperation,
  endSessionOperation,
  listSessionsOperation,
  refreshSessionOperation,
  stepUpOperation,
} from './sessions/answers.ts';
import {
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
} from './stages/answers.ts';
import {
  getStreamOperation,
  listRecordingsOperation,
  listStreamsOperation,
  listVodsOperation,
} from './streams/answers.ts';
import { listChatMessagesOperation, listStreamEventsOperation } from './streams/chatAnswers.ts';
import { getHealthOperation, getOpenApiOperation } from './system/answers.ts';
import {
  createUserOperation,
  deleteMeOperation,
  getMeOperation,
  getUserOperation,
  updateMeOperation,
  updateProfileOperation,
} from './users/answers.ts';
import {
  getAnalyticsOperation,
  getViewersOperation,
  postMetricsOperation,
  postPlayOperation,
} from './viewers/answers.ts';

const operations = [
  listChannelsOperation,
  getChannelOperation,
  searchChannelsOperation,
  listStreamsOperation,
  getStreamOperation,
  listRecordingsOperation,
  listVodsOperation,
  listStreamEventsOperation,
  listChatMessagesOperation,
  postMetricsOperation,
  postPlayOperation,
  getViewersOperation,
  getAnalyticsOperation,
  updateChannelOperation,
  updateStreamOperation,
  getIngestOperation,
  replaceStreamKeyOperation,
  putMetadataOperation,
  stopStreamOperation,
  createChatTokenOperation,
  deleteChatMessageOperation,
  listBansOperation,
  putBanOperation,
  deleteBanOperation,
  getBlockedTermsOperation,
  putBlockedTermsOperation,
  listModeratorsOperation,
  appointModeratorOperation,
  dismissModeratorOperation,
  listModerationLogOperation,
  listModeratedOperation,
  listStagesOperation,
  getStageOperation,
  createStageTokenOperation,
  listStageInvitationsOperation,
  inviteToStageOperation,
  withdrawInvitationOperation,
  disconnectParticipantOperation,
  requestStageOperation,
  getStageRequestOperation,
  withdrawStageRequestOperation,
  listStageRequestsOperation,
  declineStageRequestOperation,
  leaveStageOperation,
  followChannelOperation,
  unfollowChannelOperation,
  listFollowersOperation,
  listFollowingOperation,
  listCategoriesOperation,
  createImageUploadOperation,
  confirmImageOperation,
  deleteImageOperation,
  createUserOperation,
  getMeOperation,
  getUserOperation,
  updateMeOperation,
  updateProfileOperation,
  deleteMeOperation,
  createSessionOperation,
  refreshSessionOperation,
  stepUpOperation,
  deleteSessionOperation,
  listSessionsOperation,
  endOtherSessionsOperation,
  endSessionOperation,
  getEmailOperation,
  changeEmailOperation,
  confirmEmailOperation,
  removeEmailOperation,
  requestPasswordResetOperation,
  resetPasswordOperation,
  getHealthOperation,
  getOpenApiOperation,
];

// The version of the API contract, not of the code. Raise it when the contract changes for clients.
const VERSION = '1.0.0';

/**
 * Builds the OpenAPI 3.1 document of the whole API from the operations, without loading the handlers.
 */
export function openApiDocument() {
  const app = new OpenAPIHono();
  for (const [name, header] of Object.entries(headerComponents))
    app.openAPIRegistry.registerComponent('headers', name, header);
  app.openAPIRegistry.registerComponent('securitySchemes', 'bearerAuth', securityScheme);
  for (const { config } of operations) app.openAPIRegistry.registerPath(config);
  const document = app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Live streaming API',
      version: VERSION,
      description:
        'Channels, streams, chat and accounts of a live streaming platform. Times are ISO 8601 in UTC. ' +
        'Errors are problem documents (RFC 9457): branch on their `type`. An unknown query parameter is ' +
        'an error (422). An unknown path, or a path parameter that is not valid, returns a 404.',
      contact: { name: 'The operator of this API' },
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    servers: [{ url: '/' }],
    tags: [
      { name: 'categories', description: 'The categories of channels.' },
      { name: 'channels', description: 'The list of live channels, and the channels.' },
      { name: 'chat', description: 'Chat tokens, and the moderation of channels.' },
      { name: 'email', description: "Users' e-mail addresses, and new passwords." },
      { name: 'follows', description: 'Follows between users and channels.' },
      { name: 'images', description: 'Avatars and banners of users.' },
      { name: 'ownChannel', description: "Actions of a channel's owner." },
      { name: 'sessions', description: 'Sign-in, refresh, sign-out, and the list of sign-ins.' },
      { name: 'stages', description: 'Stages, on which a host and guests publish together.' },
      { name: 'streams', description: 'The streams of a channel, open and ended.' },
      { name: 'system', description: 'The API itself.' },
      { name: 'users', description: 'Accounts and their Amazon IVS resources.' },
      { name: 'viewers', description: 'The number of viewers of a stream, and its playback metrics.' },
    ],
  });
  return withExamples(document);
}
